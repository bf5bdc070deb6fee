// SPDX-License-Identifier: Apache-2.0
//
// What the allocator's own calls cost, by kind and size, and their share of the program's processor
// time: an estimate from one call in some 260.
#include <fmt/format.h>

#include "analysis/analysis.h"
#include "analysis/ranking.h"
#include "model/allocator_cost.h"

namespace allocprof::analysis {
namespace {

using model::AllocatorCost;
using report::Unit;
using report::Value;

constexpr const char* kCallNames[] = {"allocate", "reallocate", "free"};

// One that takes 200 times as long as most has been interrupted by another process, and stands for
// 256 that have not: it counts as no more than that.
double SecondsOf(const AllocatorCost::Class& c, double stamps_per_second) {
  return c.cost.MeanUpTo(200 * c.cost.Quantile(0.5)) * static_cast<double>(c.calls) /
         stamps_per_second;
}

}  // namespace

void AddAllocator(const Input& in, report::Report* report) {
  const auto* costs = in.profile.Find<AllocatorCost>();
  if (costs == nullptr) return;
  const trace::Trace& trace = *in.profile.trace;
  const double rate = trace.stamps_per_second;
  const auto at = [&](const AllocatorCost::Class& c, double part) {
    return c.cost.Quantile(part) / rate;
  };

  report::Table table{.key = "allocator_calls",
                      .title = "What the allocator's calls cost (sampled)"};
  table.columns = {{"call", "call", Unit::kText},       {"size_max", "size up to", Unit::kBytes},
                   {"calls", "calls", Unit::kCount},    {"timed", "timed", Unit::kCount},
                   {"p50_s", "p50", Unit::kSeconds},    {"p99_s", "p99", Unit::kSeconds},
                   {"p999_s", "p99.9", Unit::kSeconds}, {"time_s", "time", Unit::kSeconds}};
  uint64_t timed = 0;
  double seconds = 0;
  for (size_t call = 0; call < AllocatorCost::kCalls; call++) {
    for (size_t c = 0; c < AllocatorCost::kClasses; c++) {
      const auto& of = costs->Of(static_cast<AllocatorCost::Call>(call), c);
      if (of.cost.count() == 0) continue;
      const double time = SecondsOf(of, rate);
      timed += of.cost.count();
      seconds += time;
      const uint64_t size_max = c >= 64 ? UINT64_MAX : uint64_t{1} << c;
      table.rows.push_back({std::string(kCallNames[call]), size_max, of.calls, of.cost.count(),
                            at(of, 0.5), at(of, 0.99), at(of, 0.999), time});
    }
  }
  report::ScalarGroup group{.key = "allocator", .title = "The allocator", .scalars = {}};
  const bool any = timed != 0;
  const trace::Resources& r = trace.resources;
  // The recorder's own time is not the program's.
  const double own = trace.RecordingSeconds();
  const double cpu = static_cast<double>(r.user_ns + r.system_ns) / 1e9 - own;
  const bool share_known = any && r.usage_known && cpu > 0 && seconds < cpu;
  group.scalars = {
      {"timed_calls", any ? "calls timed" : "", Unit::kCount, timed},
      {"time_s", any ? "time in the allocator (estimate)" : "", Unit::kSeconds,
       any ? Value(seconds) : Value()},
      {"share_of_cpu", share_known ? "  share of the program's own" : "", Unit::kShare,
       share_known ? Value(seconds / cpu) : Value()},
  };
  report->groups.push_back(std::move(group));
  RankAndCut(&table, "calls", in.options.top,
             {false, false, true, true, false, false, false, false});
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
