// SPDX-License-Identifier: Apache-2.0
//
// The timeline as a list: what happened in equal parts of the process's time.
#include <algorithm>

#include "analysis/analysis.h"

namespace allocprof::analysis {

void AddIntervals(const Input& in, report::Report* report) {
  using report::Unit;
  using report::Value;
  report::Table table{.key = "intervals", .title = "In equal parts of the time"};
  table.columns = {{"from_s", "from", Unit::kSeconds},
                   {"to_s", "to", Unit::kSeconds},
                   {"allocations", "allocations", Unit::kCount},
                   {"allocated_bytes", "allocated", Unit::kBytes},
                   {"freed_blocks", "freed", Unit::kCount},
                   {"live_bytes_max", "most live", Unit::kBytes},
                   {"live_bytes_end", "live at its end", Unit::kBytes},
                   {"rss_bytes", "resident", Unit::kBytes}};
  const auto& points = in.profile.timeline;
  const trace::Trace& trace = *in.profile.trace;
  const uint64_t rows = in.options.intervals == 0
                            ? points.size()
                            : std::min<uint64_t>(in.options.intervals, points.size());
  double from = trace.Seconds(in.profile.window.from);
  for (uint64_t row = 0; row < rows; row++) {
    model::TimelinePoint sum;
    for (uint64_t i = points.size() * row / rows; i < points.size() * (row + 1) / rows; i++) {
      const model::TimelinePoint& p = points[i];
      sum.stamp = std::min(p.stamp, in.profile.window.to);
      sum.allocations += p.allocations;
      sum.allocated_bytes += p.allocated_bytes;
      sum.deaths += p.deaths;
      sum.live_bytes = std::max(sum.live_bytes, p.live_bytes);
      sum.end_bytes = p.end_bytes;
      sum.rss_bytes = p.rss_bytes;
    }
    const double to = trace.Seconds(sum.stamp);
    table.rows.push_back({from, to, sum.allocations, sum.allocated_bytes, sum.deaths,
                          sum.live_bytes, sum.end_bytes,
                          sum.rss_bytes != 0 ? Value(sum.rss_bytes) : Value()});
    from = to;
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
