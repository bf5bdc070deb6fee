// SPDX-License-Identifier: Apache-2.0
//
// The call stacks that allocate, with their figures.
#include "analysis/analysis.h"
#include "analysis/ranking.h"

namespace allocprof::analysis {

void AddStacks(const Input& in, report::Report* report) {
  using report::Unit;
  report::Table table{.key = "stacks", .title = "Call stacks"};
  std::vector<bool> additive;
  auto column = [&](std::string key, std::string title, Unit unit, bool sums) {
    table.columns.push_back({std::move(key), std::move(title), unit});
    additive.push_back(sums);
  };
  column("allocations", "allocations", Unit::kCount, true);
  column("allocated_bytes", "allocated", Unit::kBytes, true);
  column("peak_bytes", "at peak", Unit::kBytes, true);
  column("peak_blocks", "", Unit::kCount, true);
  column("own_peak_bytes", "", Unit::kBytes, false);
  column("leaked_bytes", "leaked", Unit::kBytes, true);
  column("leaked_blocks", "", Unit::kCount, true);
  column("runtime_bytes", "", Unit::kBytes, true);
  column("runtime_blocks", "", Unit::kCount, true);
  column("temporary_allocations", "temporary", Unit::kCount, true);
  column("reallocations", "", Unit::kCount, true);
  column("reallocations_in_place", "", Unit::kCount, true);
  column("cross_thread_frees", "", Unit::kCount, true);
  column("failed_allocations", "", Unit::kCount, true);
  column("size_max", "", Unit::kBytes, false);
  column("stack_depth_max", "stack depth", Unit::kBytes, false);
  column("phase", "", Unit::kText, false);
  column("contained_allocations", "contained", Unit::kCount, true);
  column("contained_bytes", "", Unit::kBytes, true);
  column("owner.function", "", Unit::kText, false);
  column("owner.one_up", "", Unit::kCount, true);
  column("owner.two_up", "", Unit::kCount, true);
  column("owner.further_up", "", Unit::kCount, true);
  column("owner.escaped", "", Unit::kCount, true);
  column("owner.unknown", "", Unit::kCount, true);

  const bool known_owners = OwnersKnown(in.profile);
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& s = in.profile.sites[i];
    if (s.allocations == 0 && s.failed == 0) continue;  // only frees blocks
    const bool runtime = in.facts[i].runtime;
    const Owners& o = in.facts[i].owners;
    const auto owned = [&](uint64_t n) {
      return known_owners ? report::Value(n) : report::Value();
    };
    table.rows.push_back({s.allocations,
                          s.allocated_bytes,
                          s.peak_bytes,
                          s.peak_blocks,
                          s.own_peak_bytes,
                          runtime ? uint64_t{0} : s.leaked_bytes,
                          runtime ? uint64_t{0} : s.leaked_blocks,
                          runtime ? s.leaked_bytes : uint64_t{0},
                          runtime ? s.leaked_blocks : uint64_t{0},
                          s.temporary,
                          s.reallocations,
                          s.reallocations_in_place,
                          s.cross_thread_frees,
                          s.failed,
                          s.size_max,
                          in.profile.stacks.nodes()[s.node].depth_max,
                          std::string(PhaseName(in.facts[i].phase)),
                          owned(o.contained().blocks),
                          owned(o.contained().bytes),
                          o.function != UINT32_MAX
                              ? report::Value(in.frames.functions()[o.function].name)
                              : report::Value(),
                          owned(o.up[1].blocks),
                          owned(o.up[2].blocks),
                          owned(o.up[3].blocks),
                          owned(o.escaped.blocks),
                          owned(o.unknown.blocks),
                          uint64_t{s.node}});  // ranked along, then taken off
  }
  table.columns.push_back({"node", "", Unit::kNone});
  additive.push_back(false);
  RankAndCut(&table, in.options.sort, in.options.top, additive);
  table.columns.pop_back();
  if (!table.omitted.empty()) table.omitted.pop_back();
  for (auto& row : table.rows) {
    table.stacks.push_back(in.frames.Show(static_cast<uint32_t>(std::get<uint64_t>(row.back()))));
    row.pop_back();
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
