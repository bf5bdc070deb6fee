// SPDX-License-Identifier: Apache-2.0
#include "model/profile.h"

#include <algorithm>

#include "model/stack_ids.h"
#include "wire/block_reader.h"

namespace allocprof::model {
namespace {

using wire::Event;
using wire::Record;

struct Block {
  uint64_t size;
  uint32_t site;
  uint32_t thread;
};

// What a site needs during the replay only. The share at the global peak is kept without copying
// all sites at each new peak: a site remembers what it held at the last peak when it first changes
// after it.
struct LiveSite {
  uint64_t bytes = 0;
  uint64_t blocks = 0;
  uint64_t bytes_at_peak = 0;
  uint64_t blocks_at_peak = 0;
  uint64_t peak_epoch = 0;
};

class Builder : public trace::EventSink {
 public:
  explicit Builder(Profile* profile) : p_(*profile), modules_(profile->trace->modules) {
    first_stamp_ = p_.trace->header.stamp;
    const uint64_t last = p_.trace->last_stamp();
    interval_ = std::max<uint64_t>(
        1, (last > first_stamp_ ? last - first_stamp_ : 0) / kTimelinePoints + 1);
  }

  void Define(uint32_t thread, const Event& e) override {
    StackIds& ids = ids_[thread];
    const uint32_t parent = e.parent == 0 ? 0 : ids.Find(e.parent);
    const auto frame_bytes = static_cast<uint32_t>(std::min<uint64_t>(e.size, UINT32_MAX));
    // A child of a lost definition is lost, too.
    ids.Set(e.stack, parent == kUndefined
                         ? kUndefined
                         : p_.stacks.AddNode(parent, LocationOf(e), frame_bytes, e.flags, e.depth));
  }

  void Deeper(uint32_t thread, const Event& e) override {
    const uint32_t node = ids_[thread].Find(e.stack);
    if (node != kUndefined) p_.stacks.Deeper(node, e.depth);
  }

  void OnEvent(uint32_t thread, const Event& e) override {
    Tick(e.stamp);
    switch (e.kind) {
      case Record::kAlloc:
        Birth(thread, e);
        break;
      case Record::kFree:
        Death(thread, e);
        break;
      case Record::kReallocFree:
        ReallocDeath(thread, e);
        break;
      default:
        p_.totals.failed++;
        p_.sites[SiteOf(thread, e)].failed++;
        break;
    }
  }

  void Finish() {
    Tick(p_.trace->last_stamp());
    CloseReallocs();
    if (live_ > 0 || point_max_ > 0) PushPoint();
    for (size_t i = 0; i < p_.sites.size(); i++) {
      const LiveSite& l = live_sites_[i];
      Site& s = p_.sites[i];
      const bool changed = l.peak_epoch == peak_epoch_;
      s.peak_bytes = changed ? l.bytes_at_peak : l.bytes;
      s.peak_blocks = changed ? l.blocks_at_peak : l.blocks;
      s.leaked_bytes = l.bytes;
      s.leaked_blocks = l.blocks;
    }
    p_.totals.leaked_bytes = live_;
    p_.totals.leaked_blocks = live_blocks_;
    FillRss();
  }

 private:
  static constexpr uint32_t kUndefined = StackIds::kUndefined;

  // The death half of a realloc whose birth half comes next.
  struct PendingRealloc {
    uint64_t address;
    bool known;
  };

  struct ThreadState {
    uint32_t totals = 0;                  // index into p_.threads
    uint64_t last_address = 0;            // of its last allocation, 0 once freed
    std::vector<PendingRealloc> pending;  // more than one: a signal handler's, innermost last
  };

  struct CachedLocation {
    uint32_t location;
    uint64_t from, until;  // stamps between which the answer is the same
  };

  uint32_t LocationOf(const Event& e) {
    const bool exact = (e.flags & wire::kNodeExactPc) != 0;
    const uint64_t pc = e.address;
    if (pc == wire::kCutPc) return p_.stacks.AddLocation(kNoModule, pc, true);
    // A return address may be the first byte behind its module's last function.
    const uint64_t key = pc << 1 | exact;
    if (const auto it = location_cache_.find(key); it != location_cache_.end()) {
      if (e.stamp >= it->second.from && e.stamp < it->second.until) return it->second.location;
    }
    const uint32_t module = modules_.Find(exact ? pc : pc - 1, e.stamp);
    const uint64_t address = module == kNoModule ? pc : pc - p_.trace->modules[module].bias;
    const uint32_t same = module == kNoModule ? kNoModule : modules_.FirstLoadOf(module);
    const uint32_t location = p_.stacks.AddLocation(same, address, exact);
    const uint64_t until = module == kNoModule ? UINT64_MAX : p_.trace->modules[module].unloaded;
    location_cache_[key] = {location, e.stamp, until};
    return location;
  }

  uint32_t SiteOf(uint32_t thread, const Event& e) {
    uint32_t node = ids_[thread].Find(e.stack);
    if (node == kUndefined) {
      node = 0;
      p_.undefined_stacks++;
    }
    if (node >= site_of_node_.size()) site_of_node_.resize(p_.stacks.nodes().size(), kUndefined);
    if (site_of_node_[node] == kUndefined) {
      site_of_node_[node] = static_cast<uint32_t>(p_.sites.size());
      p_.sites.push_back(Site{.node = node});
      live_sites_.emplace_back();
    }
    return site_of_node_[node];
  }

  ThreadState& StateOf(uint32_t thread) {
    const auto [it, fresh] = threads_.try_emplace(thread);
    if (fresh) {
      it.value().totals = static_cast<uint32_t>(p_.threads.size());
      p_.threads.push_back({thread});
    }
    return it.value();
  }

  // Called before a site's live figures change.
  void Touch(LiveSite* l) {
    if (l->peak_epoch == peak_epoch_) return;
    l->bytes_at_peak = l->bytes;
    l->blocks_at_peak = l->blocks;
    l->peak_epoch = peak_epoch_;
  }

  void Remove(const Block& b) {
    LiveSite& l = live_sites_[b.site];
    Touch(&l);
    l.bytes -= b.size;
    l.blocks--;
    live_ -= b.size;
    live_blocks_--;
  }

  void Birth(uint32_t thread, const Event& e) {
    const uint32_t site = SiteOf(thread, e);
    ThreadState& state = StateOf(thread);
    Site& s = p_.sites[site];
    Totals& t = p_.totals;
    t.allocations++;
    t.allocated_bytes += e.size;
    s.allocations++;
    s.allocated_bytes += e.size;
    s.size_max = std::max(s.size_max, e.size);
    p_.threads[state.totals].allocations++;
    p_.threads[state.totals].allocated_bytes += e.size;
    const bool by_realloc =
        e.entry == wire::Entry::kRealloc || e.entry == wire::Entry::kReallocarray;
    if (by_realloc && !state.pending.empty()) {
      const PendingRealloc death = state.pending.back();
      state.pending.pop_back();
      if (death.known) {
        t.reallocations++;
        s.reallocations++;
        if (death.address == e.address) {
          t.reallocations_in_place++;
          s.reallocations_in_place++;
        }
      }
    }
    state.last_address = e.address;

    Block& block = blocks_[e.address];
    if (block.thread != 0) {
      // Its free is not in the trace (lost, or by someone we do not see).
      Remove(block);
      t.lost_frees++;
    }
    block = {e.size, site, thread};
    LiveSite& l = live_sites_[site];
    Touch(&l);
    l.bytes += e.size;
    l.blocks++;
    s.own_peak_bytes = std::max(s.own_peak_bytes, l.bytes);
    live_ += e.size;
    live_blocks_++;
    point_max_ = std::max(point_max_, live_);
    if (live_ > t.peak_bytes) {
      t.peak_bytes = live_;
      t.peak_blocks = live_blocks_;
      t.peak_stamp = e.stamp;
      peak_epoch_++;
    }
  }

  void Death(uint32_t thread, const Event& e) {
    ThreadState& state = StateOf(thread);
    p_.totals.frees++;
    p_.threads[state.totals].frees++;
    const auto it = blocks_.find(e.address);
    if (it == blocks_.end()) {
      p_.totals.unknown_frees++;
      return;
    }
    const Block block = it->second;
    Site& s = p_.sites[block.site];
    if (block.thread != thread) {
      s.cross_thread_frees++;
    } else if (state.last_address == e.address) {
      s.temporary++;
      p_.totals.temporary++;
    }
    if (state.last_address == e.address) state.last_address = 0;
    Remove(block);
    blocks_.erase(it);
  }

  // A realloc of a block we never saw is an allocation like any other.
  void ReallocDeath(uint32_t thread, const Event& e) {
    ThreadState& state = StateOf(thread);
    const auto it = blocks_.find(e.address);
    const bool known = it != blocks_.end();
    state.pending.push_back({e.address, known});
    if (!known) {
      p_.totals.unknown_frees++;
      p_.totals.frees++;
      p_.threads[state.totals].frees++;
      return;
    }
    Remove(it->second);
    blocks_.erase(it);
  }

  // A realloc whose birth is lost, or stamped after the end, was a free.
  void CloseReallocs() {
    for (auto it = threads_.begin(); it != threads_.end(); ++it) {
      const ThreadState& state = it.value();
      const auto known = static_cast<uint64_t>(
          std::count_if(state.pending.begin(), state.pending.end(),
                        [](const PendingRealloc& death) { return death.known; }));
      p_.totals.frees += known;
      p_.threads[state.totals].frees += known;
    }
  }

  void Tick(uint64_t stamp) {
    while (stamp >= first_stamp_ + (p_.timeline.size() + 1) * interval_ &&
           p_.timeline.size() < kTimelinePoints)
      PushPoint();
  }

  void PushPoint() {
    p_.timeline.push_back({first_stamp_ + (p_.timeline.size() + 1) * interval_, point_max_, 0});
    point_max_ = live_;
  }

  void FillRss() {
    size_t i = 0;
    uint64_t rss = 0;
    for (TimelinePoint& point : p_.timeline) {
      for (; i < p_.trace->samples.size() && p_.trace->samples[i].stamp <= point.stamp; i++) {
        if (p_.trace->samples[i].rss != 0) rss = p_.trace->samples[i].rss;
      }
      point.rss_bytes = rss;
    }
  }

  Profile& p_;
  ModuleMap modules_;
  tsl::hopscotch_map<uint32_t, StackIds> ids_;  // by thread
  tsl::hopscotch_map<uint64_t, CachedLocation, MixedHash> location_cache_;
  tsl::hopscotch_map<uint32_t, ThreadState> threads_;
  tsl::hopscotch_map<uint64_t, Block, MixedHash> blocks_;
  std::vector<uint32_t> site_of_node_;
  std::vector<LiveSite> live_sites_;
  uint64_t live_ = 0;
  uint64_t live_blocks_ = 0;
  uint64_t peak_epoch_ = 1;
  uint64_t first_stamp_ = 0;
  uint64_t interval_ = 1;
  uint64_t point_max_ = 0;
};

}  // namespace

Profile BuildProfile(std::shared_ptr<const trace::Trace> trace) {
  Profile profile;
  profile.trace = std::move(trace);
  Builder builder(&profile);
  profile.replay = trace::Replay(*profile.trace, &builder);
  builder.Finish();
  return profile;
}

}  // namespace allocprof::model
