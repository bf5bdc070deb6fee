// SPDX-License-Identifier: Apache-2.0
#include "trace/combine.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace allocprof::trace {
namespace {

// A process is named by its pid and start for ever; each exec begins another trace of it.
using Identity = std::tuple<uint32_t, uint64_t, uint64_t>;

Identity IdentityOf(const Header& h) { return {h.pid, h.start_ticks, h.stamp}; }

// Of those with the first one's kind of clock, the longest knows it best.
const Trace& BestClock(const std::vector<std::shared_ptr<Trace>>& parts) {
  const auto span = [&](const std::shared_ptr<Trace>& t) {
    if (!t->rate_known || t->header.tsc != parts.front()->header.tsc) return uint64_t{0};
    return t->last_stamp() - std::min(t->header.stamp, t->last_stamp());
  };
  return **std::max_element(parts.begin(), parts.end(),
                            [&](const auto& a, const auto& b) { return span(a) < span(b); });
}

// Whether both were recorded by one clock: what the first says of the time at which the other began
// must be what the other says, but for the error of the rate.
bool SameClock(const Header& first, const Header& other, double stamps_per_second,
               bool rate_known) {
  if (first.tsc != other.tsc) return false;
  const double stamps = static_cast<double>(static_cast<int64_t>(other.stamp - first.stamp));
  const double ns = static_cast<double>(static_cast<int64_t>(other.ns - first.ns));
  const double error = std::abs(stamps / stamps_per_second * 1e9 - ns);
  return error < 1e8 + std::abs(ns) * (rate_known ? 0.01 : 0.5);
}

ClockMap ClockOf(const Trace& part, const Header& first, double stamps_per_second,
                 bool rate_known) {
  ClockMap clock;
  if (SameClock(first, part.header, stamps_per_second, rate_known)) return clock;
  clock.same = false;
  clock.from = part.header.stamp;
  clock.scale = stamps_per_second / part.stamps_per_second;
  // In the time of day: two machines, or two boots of one, have nothing else in common.
  const double later =
      static_cast<double>(static_cast<int64_t>(part.header.real_ns - first.real_ns)) * 1e-9;
  const double to = static_cast<double>(first.stamp) + later * stamps_per_second;
  clock.to = to < 1 ? 1 : static_cast<uint64_t>(std::min(to, 9e18));
  return clock;
}

class Combination {
 public:
  // Takes the rate of the clock from `clock`, into which the times of all go.
  Combination(const Header& first, const Trace& clock, Trace* whole) : first_(first), w_(*whole) {
    w_.stamps_per_second = clock.stamps_per_second;
    w_.rate_known = clock.rate_known;
  }

  void Add(const Trace& part) {
    Process p;
    p.path = part.path;
    p.header = part.header;
    p.complete = part.complete;
    p.ending = part.ending;
    p.exit_status = part.exit_status;
    p.clock = ClockOf(part, first_, w_.stamps_per_second, w_.rate_known);
    p.start_stamp = p.clock(part.header.stamp);
    p.end_stamp = p.clock(part.end_stamp);
    p.last_stamp = p.clock(part.last_stamp());
    const auto index = static_cast<uint32_t>(w_.processes.size());
    p.tag = uint64_t{index} << 48;
    if (!p.clock.same) {
      one_clock_ = false;
      w_.damage.push_back({Name(part), "its clock is another one, set by the time of day"});
    }
    AddModules(part, p);
    AddThreads(part, p, index);
    AddSamples(part, p, index);
    AddNames(part, p, index);
    AddResources(part, p);
    AddSums(part, p);
    w_.processes.push_back(std::move(p));
  }

  void Finish() {
    const Process& first = w_.processes.front();
    w_.header = first.header;
    w_.ending = first.ending;
    w_.exit_status = first.exit_status;
    w_.end_stamp = 0;
    w_.complete = true;
    for (const Process& p : w_.processes) {
      if (p.start_stamp < w_.header.stamp) {
        w_.header.stamp = p.start_stamp;
        w_.header.ns = p.header.ns;
        w_.header.real_ns = p.header.real_ns;
      }
      w_.end_stamp = std::max(w_.end_stamp, p.end_stamp);
      // What came by exec goes on in the trace of the next program.
      w_.complete = w_.complete && (p.complete || p.ending == Ending::kExec);
    }
    if (all_have_totals_) w_.totals = totals_;
    for (const auto& [why, events] : lost_) w_.lost.push_back({why, events});
    FinishSamples();
    std::stable_sort(w_.marks.begin(), w_.marks.end(),
                     [](const Mark& a, const Mark& b) { return a.stamp < b.stamp; });
    // Over the time of all of them the clock is measured best.
    if (one_clock_) FindRate(&w_);
  }

  // "pid 4711 (demo)"
  static std::string Name(const Trace& part) {
    const std::string& exe = part.header.exe;
    return "pid " + std::to_string(part.header.pid) + " (" + exe.substr(exe.rfind('/') + 1) + ")";
  }

 private:
  struct OwnSample {
    Sample sample;
    uint32_t process;
    bool last;
  };

  void AddModules(const Trace& part, const Process& p) {
    for (Module m : part.modules) {
      m.id = static_cast<uint32_t>(w_.modules.size()) + 1;
      m.low += p.tag;
      m.high += p.tag;
      m.bias += p.tag;
      m.loaded = p.clock(m.loaded);
      m.unloaded = p.clock(m.unloaded);
      w_.modules.push_back(std::move(m));
    }
  }

  void AddThreads(const Trace& part, const Process& p, uint32_t index) {
    // In the order of the old numbers, which is that of the chunks.
    std::map<uint32_t, uint32_t> numbers;
    for (const Thread& t : part.threads) numbers[t.id] = 0;
    for (const Chunk& c : part.chunks) numbers[c.thread] = 0;
    for (auto& [old_number, number] : numbers) number = ++threads_;
    for (Thread t : part.threads) {
      t.id = numbers[t.id];
      t.start = p.clock(t.start);
      t.process = index;
      w_.threads.push_back(std::move(t));
    }
    for (Chunk c : part.chunks) {
      c.thread = numbers[c.thread];
      c.first_stamp = p.clock(c.first_stamp);
      c.last_stamp = p.clock(c.last_stamp);
      c.process = index;
      w_.chunks.push_back(c);
    }
  }

  void AddSamples(const Trace& part, const Process& p, uint32_t index) {
    for (Sample s : part.samples) {
      s.stamp = p.clock(s.stamp);
      samples_.push_back({s, index, false});
    }
    if (!part.samples.empty() && part.ending != Ending::kRunning) samples_.back().last = true;
  }

  void AddNames(const Trace& part, const Process& p, uint32_t index) {
    for (const Mark& m : part.marks) w_.marks.push_back({p.clock(m.stamp), m.name});
    for (const trace::Name& n : part.names) w_.names.push_back({n.id, n.text, index});
  }

  void AddResources(const Trace& part, const Process& p) {
    const Resources& r = part.resources;
    Resources& w = w_.resources;
    // A span without recording is one process's own; of several there is nothing simple to say.
    for (const Switch& s : r.switches) w.switches.push_back({p.clock(s.stamp), s.off});
    parts_with_switches_ += !r.switches.empty();
    w.passed_allocations += r.passed_allocations;
    w.passed_bytes += r.passed_bytes;
    if (r.full_stamp != 0) {
      const uint64_t full = p.clock(r.full_stamp);
      w.full_stamp = w.full_stamp == 0 ? full : std::min(w.full_stamp, full);
    }
    w.dropped.events += r.dropped.events;
    w.dropped.allocations += r.dropped.allocations;
    w.dropped.frees += r.dropped.frees;
    w.dropped.reallocations += r.dropped.reallocations;
    w.dropped.allocated_bytes += r.dropped.allocated_bytes;
    w.dropped.failed += r.dropped.failed;
    Add(r.mapped_by_program, &w.mapped_by_program);
    Add(r.mapped_by_allocator, &w.mapped_by_allocator);
    usage_known_ = usage_known_ && r.usage_known;
    w.user_ns += r.user_ns;
    w.system_ns += r.system_ns;
    w.recorder_anonymous += r.recorder_anonymous;
    w.recorder_file += r.recorder_file;
  }

  // The sum of the peaks: they may have come at different times.
  static void Add(const wire::MapTotals& own, wire::MapTotals* sum) {
    sum->maps += own.maps;
    sum->unmaps += own.unmaps;
    sum->remaps += own.remaps;
    sum->mapped_bytes += own.mapped_bytes;
    sum->unmapped_bytes += own.unmapped_bytes;
    sum->peak_bytes += own.peak_bytes;
  }

  void AddSums(const Trace& part, const Process& p) {
    const std::string name = Name(part);
    for (const Damage& d : part.damage) w_.damage.push_back({name + ", " + d.where, d.what});
    for (const Lost& l : part.lost) lost_[l.why] += l.events;
    all_have_totals_ = all_have_totals_ && part.totals.has_value();
    const Totals own = part.totals.value_or(Totals{});
    totals_.events += own.events;
    totals_.allocations += own.allocations;
    totals_.frees += own.frees;
    totals_.reallocations += own.reallocations;
    totals_.allocated_bytes += own.allocated_bytes;
    totals_.failed += own.failed;
    totals_.definitions += own.definitions;
    totals_.chunks += own.chunks;
    w_.from_spool = w_.from_spool || part.from_spool;
    w_.window = w_.window || part.window;
    w_.drain_cycles += p.clock.Duration(part.drain_cycles);
    w_.hook_cycles += p.clock.Duration(part.hook_cycles);
    w_.drain_ns += part.drain_ns;
    w_.mapped_bytes += part.mapped_bytes;
    w_.stacks_cut += part.stacks_cut;
    w_.stacks_verified += part.stacks_verified;
    w_.stacks_different += part.stacks_different;
    w_.stacks_verified_part += part.stacks_verified_part;
  }

  // The memory of all processes that live at a time, pages that they share counted for each; faults
  // of all so far.
  void FinishSamples() {
    std::stable_sort(samples_.begin(), samples_.end(), [](const OwnSample& a, const OwnSample& b) {
      return a.sample.stamp < b.sample.stamp;
    });
    std::vector<Sample> latest(w_.processes.size());
    Sample sum;
    const auto replace = [&](Sample* old, const Sample& now) {
      for (const auto member : {&Sample::rss, &Sample::resident_file, &Sample::heap,
                                &Sample::mapped, &Sample::minor_faults, &Sample::major_faults}) {
        sum.*member += now.*member - old->*member;
      }
      *old = now;
    };
    for (const OwnSample& s : samples_) {
      Sample now = s.sample;
      if (now.rss == 0) now.rss = latest[s.process].rss;
      replace(&latest[s.process], now);
      sum.stamp = now.stamp;
      sum.ns = now.ns;
      w_.samples.push_back(sum);
      w_.resources.peak_resident = std::max(w_.resources.peak_resident, sum.rss);
      if (!s.last) continue;
      Sample gone;
      gone.minor_faults = now.minor_faults;
      gone.major_faults = now.major_faults;
      replace(&latest[s.process], gone);
    }
    w_.resources.usage_known = usage_known_;
    if (parts_with_switches_ > 1) w_.resources.switches.clear();
  }

  const Header& first_;
  Trace& w_;
  bool one_clock_ = true;
  uint32_t threads_ = 0;
  std::vector<OwnSample> samples_;
  std::map<std::string, uint64_t> lost_;
  Totals totals_;
  bool all_have_totals_ = true;
  bool usage_known_ = true;
  int parts_with_switches_ = 0;
};

}  // namespace

uint64_t ClockMap::operator()(uint64_t stamp) const {
  if (same || stamp == UINT64_MAX) return stamp;
  const double since = static_cast<double>(static_cast<int64_t>(stamp - from)) * scale;
  const double most = static_cast<double>(std::min<uint64_t>(to, INT64_MAX / 2));
  return to + static_cast<uint64_t>(static_cast<int64_t>(std::clamp(since, -most, 4e18)));
}

uint64_t ClockMap::Duration(uint64_t cycles) const {
  if (same) return cycles;
  return static_cast<uint64_t>(std::min(static_cast<double>(cycles) * scale, 9e18));
}

void Combine(std::vector<std::shared_ptr<Trace>> parts, Trace* whole) {
  Combination combination(parts.front()->header, BestClock(parts), whole);
  std::set<Identity> seen;
  for (std::shared_ptr<Trace>& part : parts) {
    if (!seen.insert(IdentityOf(part->header)).second) {
      whole->damage.push_back({Combination::Name(*part), "it is there twice and counts once"});
    } else if (seen.size() > kMaxProcesses) {
      whole->damage.push_back({Combination::Name(*part), "one process too many, left out"});
    } else {
      combination.Add(*part);
      whole->parts.push_back(std::move(part));
    }
  }
  combination.Finish();
}

void FillSingleProcess(Trace* trace) {
  Process p;
  p.path = trace->path;
  p.header = trace->header;
  p.complete = trace->complete;
  p.ending = trace->ending;
  p.exit_status = trace->exit_status;
  p.start_stamp = trace->header.stamp;
  p.end_stamp = trace->end_stamp;
  p.last_stamp = trace->last_stamp();
  trace->processes = {std::move(p)};
}

}  // namespace allocprof::trace
