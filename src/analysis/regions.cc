// SPDX-License-Identifier: Apache-2.0
//
// The regions that the program named, and its marks. Figures are those of a region and of the ones
// inside of it; "self" are where it is the innermost, so that they and what is outside of all add
// up to the totals.
#include "model/region_totals.h"

#include <fmt/format.h>

#include "analysis/analysis.h"
#include "analysis/ranking.h"
#include "base/units.h"

namespace allocprof::analysis {

void AddRegions(const Input& in, report::Report* report) {
  using report::Unit;
  using report::Value;
  const auto* found = in.profile.Find<model::RegionTotals>();
  const model::Regions& regions = in.profile.regions;
  if (found == nullptr || !regions.any()) return;
  // With filters too these are the process's: what is selected has its groups.
  report::Table table{.key = "regions", .title = "Regions"};
  if (!in.selection.filters.empty()) table.title += ", of the whole process";
  table.columns = {{"region", "region", Unit::kText},
                   {"entered", "entered", Unit::kCount},
                   {"time_s", "time in it", Unit::kSeconds},
                   {"allocations", "allocations", Unit::kCount},
                   {"allocated_bytes", "allocated", Unit::kBytes},
                   {"reallocations", "", Unit::kCount},
                   {"frees", "frees", Unit::kCount},
                   {"temporary_allocations", "temporary", Unit::kCount},
                   {"own_peak_bytes", "own peak", Unit::kBytes},
                   {"leaked_bytes", "leaked", Unit::kBytes},
                   {"leaked_blocks", "", Unit::kCount},
                   {"self.allocations", "", Unit::kCount},
                   {"self.allocated_bytes", "", Unit::kBytes},
                   {"self.frees", "", Unit::kCount},
                   {"self.leaked_bytes", "", Unit::kBytes}};
  for (size_t i = 0; i < regions.names.size(); i++) {
    const model::RegionTotal& r = found->regions()[i];
    table.rows.push_back({regions.names[i], r.entered,
                          static_cast<double>(r.stamps) / in.profile.trace->stamps_per_second,
                          r.total.allocations, r.total.allocated_bytes, r.total.reallocations,
                          r.total.frees, r.total.temporary, r.own_peak_bytes, r.total.leaked_bytes,
                          r.total.leaked_blocks, r.self.allocations, r.self.allocated_bytes,
                          r.self.frees, r.self.leaked_bytes});
  }
  std::vector<bool> additive(table.columns.size(), false);
  for (size_t i = additive.size() - 4; i < additive.size(); i++) additive[i] = true;
  const uint64_t top = in.options.subject == Subject::kBudget ? 0 : in.options.top;
  RankAndCut(&table, "allocations", top, additive);
  report->tables.push_back(std::move(table));
  if (regions.too_many != 0) {
    report->notes.push_back(
        fmt::format("{} entries into regions are counted with the region around them: too many "
                    "are open at a time, or too many different ones were entered.",
                    CountText(regions.too_many)));
  }
}

void AddMarks(const Input& in, report::Report* report) {
  using report::Unit;
  const trace::Trace& trace = *in.profile.trace;
  report::Table table{.key = "marks", .title = "Marks"};
  table.columns = {{"mark", "mark", Unit::kText},
                   {"t_s", "time", Unit::kSeconds},
                   {"live_bytes", "live heap about then", Unit::kBytes}};
  const auto& points = in.profile.timeline;
  for (const trace::Mark& mark : trace.marks) {
    if (mark.stamp < in.profile.window.from || mark.stamp > in.profile.window.to) continue;
    report::Value live;
    for (const model::TimelinePoint& p : points) {
      live = p.end_bytes;
      if (p.stamp >= mark.stamp) break;
    }
    table.rows.push_back({mark.name, trace.Seconds(mark.stamp), live});
  }
  if (!table.rows.empty()) report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
