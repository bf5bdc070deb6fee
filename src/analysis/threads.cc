// SPDX-License-Identifier: Apache-2.0
//
// Threads: what each allocated and how deep its stack went.
#include <algorithm>

#include "analysis/analysis.h"
#include "analysis/ranking.h"

namespace allocprof::analysis {

void AddThreads(const Input& in, report::Report* report) {
  using report::Unit;
  using report::Value;
  report::Table table{.key = "threads", .title = "Threads"};
  table.columns = {{"tid", "tid", Unit::kNone},
                   {"name", "name", Unit::kText},
                   {"allocations", "allocations", Unit::kCount},
                   {"allocated_bytes", "allocated", Unit::kBytes},
                   {"frees", "frees", Unit::kCount},
                   {"stack_limit_bytes", "stack limit", Unit::kBytes},
                   {"stack_depth_max", "stack depth", Unit::kBytes}};
  for (const trace::Thread& t : in.profile.trace->threads) {
    const auto it = std::find_if(in.profile.threads.begin(), in.profile.threads.end(),
                                 [&](const model::ThreadTotals& o) { return o.id == t.id; });
    const model::ThreadTotals totals = it != in.profile.threads.end() ? *it : model::ThreadTotals{};
    table.rows.push_back({uint64_t{t.tid}, t.name, totals.allocations, totals.allocated_bytes,
                          totals.frees, t.stack_limit != 0 ? Value(t.stack_limit) : Value(),
                          t.depth_max});
  }
  RankAndCut(&table, "allocations", in.options.top, {false, false, true, true, true, false, false});
  report->tables.push_back(std::move(table));
}

void AddTimeline(const Input& in, report::Report* report) {
  using report::Unit;
  report::Table table{.key = "timeline", .title = "Live heap over time"};
  table.series = true;
  table.columns = {{"t_s", "time", Unit::kSeconds},
                   {"live_bytes", "live heap", Unit::kBytes},
                   {"rss_bytes", "resident", Unit::kBytes}};
  for (const model::TimelinePoint& p : in.profile.timeline) {
    table.rows.push_back({in.profile.trace->Seconds(p.stamp), p.live_bytes,
                          p.rss_bytes != 0 ? report::Value(p.rss_bytes) : report::Value()});
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
