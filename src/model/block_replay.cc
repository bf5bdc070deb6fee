// SPDX-License-Identifier: Apache-2.0
#include "model/block_replay.h"

#include <algorithm>

namespace allocprof::model {

using wire::Event;
using wire::Record;

namespace {

bool IsRealloc(wire::Entry entry) {
  return entry == wire::Entry::kRealloc || entry == wire::Entry::kReallocarray;
}

}  // namespace

BlockReplay::BlockReplay(const trace::Trace& trace, StackTree* stacks, SiteSplit split,
                         const Window& window)
    : trace_(trace),
      tree_(*stacks),
      stacks_(trace, stacks),
      owners_(trace),
      batch_(kBatch),
      sites_(split),
      window_(window) {
  reallocated_.reserve(kBatch);
  window_.to = std::min(window_.to, trace.last_stamp());
}

// What is live now is old; so are the reallocs that are under way.
void BlockReplay::Begin() {
  begun_ = true;
  live_.MakeOld();
  for (Thread& t : threads_) t.reallocs_before = t.reallocs.size();
  const std::vector<Block> live = live_.Blocks();
  for (Observer* o : observers_) o->Start(live);
  filled_ = 0;
  reallocated_.clear();
}

uint32_t BlockReplay::IndexOf(uint32_t number) {
  if (last_thread_ < thread_numbers_.size() && thread_numbers_[last_thread_] == number)
    return last_thread_;
  const auto [it, fresh] =
      thread_index_.try_emplace(number, static_cast<uint32_t>(thread_numbers_.size()));
  if (fresh) {
    thread_numbers_.push_back(number);
    threads_.emplace_back();
    if (owners_.several()) owners_.AddThread(number);
  }
  return last_thread_ = it->second;
}

// What the batch holds may use an id that is defined anew.
void BlockReplay::Define(uint32_t number, const Event& e) {
  Flush();
  const StackDefinition definition = stacks_.Define(IndexOf(number), e);
  for (Observer* o : observers_) o->OnDefine(definition);
}

void BlockReplay::Deeper(uint32_t number, const Event& e) { stacks_.Deeper(IndexOf(number), e); }

void BlockReplay::OnEvents(uint32_t number, const Event* first, const Event* last) {
  const uint32_t thread = IndexOf(number);
  for (const Event* e = first; e != last; e++) {
    if (!begun_ && e->stamp >= window_.from) Begin();
    if (e->stamp > window_.to) return;
    switch (e->kind) {
      case Record::kAlloc:
        Birth(thread, *e);
        break;
      case Record::kFree:
      case Record::kReallocFree:
        Death(thread, *e);
        break;
      case Record::kExtended:
        Timed(thread, *e);
        break;
      default:
        Failed(thread, *e);
        break;
    }
  }
}

Moment BlockReplay::MomentOf(uint32_t thread, const Event& e, bool* defined) const {
  return {e.stamp, allocations_, stacks_.Find(thread, e.stack, defined)};
}

uint32_t BlockReplay::SiteOf(const StackRef& stack, uint64_t size, bool defined) {
  if (!defined) undefined_stacks_++;
  return sites_.Of(stack.node, stack.thread, size, tree_.nodes().size());
}

BlockEvent& BlockReplay::Add(BlockEvent::Kind kind, wire::Entry entry, const Moment& moment) {
  if (filled_ == kBatch) Flush();
  last_ = filled_;
  BlockEvent& event = batch_[filled_++];
  event.kind = kind;
  event.entry = entry;
  event.moment = moment;
  return event;
}

void BlockReplay::Flush() {
  if (filled_ == 0) return;
  const BlockEvent* const first = batch_.data();
  if (begun_) {
    for (Observer* o : observers_) o->OnEvents(first, first + filled_);
  }
  filled_ = 0;
  reallocated_.clear();
}

void BlockReplay::Birth(uint32_t thread, const Event& e) {
  Thread& t = threads_[thread];
  allocations_++;
  bool defined;
  const Moment moment = MomentOf(thread, e, &defined);
  LiveSet::Place place = live_.Find(e.address);
  if (place.slot != kNoSlot) {
    // Its free is not in the trace (lost, or by someone we do not see).
    BlockEvent& lost = Add(BlockEvent::Kind::kDeath, e.entry, moment);
    lost.block = live_.At(place.slot);
    lost.death = {DeathCause::kLost, false};
    if (owners_.several()) owners_.Remove(lost.block);
    live_.Remove(place);
    place = live_.Find(e.address);
  }
  BlockEvent& event = Add(BlockEvent::Kind::kBirth, e.entry, moment);
  event.reallocated_from = nullptr;
  Block& block = event.block;
  block.address = e.address;
  block.size = e.size;
  block.born = e.stamp;
  block.number = allocations_;
  block.site = SiteOf(moment.stack, e.size, defined);
  block.thread = thread;
  block.stack = e.stack;
  block.slot = kNoSlot;
  block.entry = e.entry;
  block.old = false;
  if (IsRealloc(e.entry) && !t.reallocs.empty()) {
    const Block& from = t.reallocs.back();
    if (from.slot != kNoSlot) {
      block.slot = from.slot;
      // The halves of one realloc on both sides of the window's beginning: a birth in it.
      if (t.reallocs.size() > t.reallocs_before) {
        event.reallocated_from = &reallocated_.emplace_back(from);
      }
    }
    t.reallocs.pop_back();
    t.reallocs_before = std::min(t.reallocs_before, t.reallocs.size());
  }
  block.slot = live_.Insert(block, place).slot;
  if (owners_.several()) owners_.Add(block);
  t.last_address = e.address;
}

void BlockReplay::Death(uint32_t thread, const Event& e) {
  Thread& t = threads_[thread];
  bool defined;
  const Moment moment = MomentOf(thread, e, &defined);
  const bool by_realloc = e.kind == Record::kReallocFree;
  const LiveSet::Place place = live_.Find(e.address);
  if (place.slot == kNoSlot) {
    // A realloc of a block we never saw is an allocation like any other.
    if (by_realloc) t.reallocs.push_back({.address = e.address});
    Add(BlockEvent::Kind::kUnknownFree, e.entry, moment).block.address = e.address;
    return;
  }
  BlockEvent& event = Add(BlockEvent::Kind::kDeath, e.entry, moment);
  event.block = live_.At(place.slot);
  if (owners_.several()) owners_.Remove(event.block);
  if (by_realloc) {
    event.death = {DeathCause::kRealloc, false};
    t.reallocs.push_back(event.block);
    live_.Detach(place);
    return;
  }
  const bool is_last = t.last_address == e.address;
  event.death = {DeathCause::kFree, is_last && event.block.thread == thread};
  if (is_last) t.last_address = 0;
  live_.Remove(place);
}

void BlockReplay::Failed(uint32_t thread, const Event& e) {
  bool defined;
  const Moment moment = MomentOf(thread, e, &defined);
  const uint32_t site = SiteOf(moment.stack, e.size, defined);
  Block& asked = Add(BlockEvent::Kind::kFailed, e.entry, moment).block;
  asked = Block{};
  asked.size = e.size;
  asked.site = site;
  asked.thread = thread;
  asked.stack = e.stack;
  asked.entry = e.entry;
}

void BlockReplay::Timed(uint32_t thread, const Event& e) {
  // The call's own event is the one before, though its batch may have been told already.
  const BlockEvent& call = batch_[last_];
  if (call.moment.stack.thread != thread || call.block.address != e.address ||
      call.moment.stamp != e.stamp || call.kind == BlockEvent::Kind::kUnknownFree) {
    return;
  }
  const Block block = call.block;
  const Moment moment = call.moment;
  BlockEvent& event = Add(BlockEvent::Kind::kCost, e.entry, moment);
  event.block = block;
  event.cost = {e.depth, e.size};
}

void BlockReplay::OnProcessEnd(uint32_t process, uint64_t stamp) {
  if (stamp > window_.to) return;
  if (!begun_ && stamp >= window_.from) Begin();
  Flush();
  std::vector<Block> left;
  for (const uint32_t slot : owners_.Of(process)) left.push_back(live_.At(slot));
  if (begun_) {
    for (Observer* o : observers_) o->OnProcessEnd(process, stamp, left);
    return;
  }
  for (const Block& block : left) {
    owners_.Remove(block);
    live_.Remove(live_.Find(block.address));
  }
}

void BlockReplay::Finish(Profile* profile) {
  if (!begun_) Begin();
  Flush();
  std::vector<uint64_t> abandoned;
  for (const Thread& t : threads_) {
    abandoned.push_back(static_cast<uint64_t>(
        std::count_if(t.reallocs.begin() + static_cast<ptrdiff_t>(t.reallocs_before),
                      t.reallocs.end(), [](const Block& b) { return b.slot != kNoSlot; })));
  }
  const ReplayEnd end{window_.to, allocations_, abandoned};
  const std::vector<Block> live = live_.Blocks();
  for (Observer* o : observers_) o->Finish(end, live, profile);
  sites_.Mark(&profile->sites);
}

}  // namespace allocprof::model
