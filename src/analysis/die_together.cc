// SPDX-License-Identifier: Apache-2.0
//
// Functions below which many blocks are born that then die in one run: what an arena could hold.
#include "model/die_together.h"

#include <map>

#include "analysis/analysis.h"
#include "analysis/function_cells.h"
#include "analysis/ranking.h"

namespace allocprof::analysis {
namespace {

// Groups of one function; several stack nodes lead to it.
void Merge(const model::Groups& from, model::Groups* to) {
  to->groups += from.groups;
  to->blocks += from.blocks;
  to->bytes += from.bytes;
  to->blocks_max = std::max(to->blocks_max, from.blocks_max);
  to->bytes_max = std::max(to->bytes_max, from.bytes_max);
  to->birth_window_max = std::max(to->birth_window_max, from.birth_window_max);
}

}  // namespace

void AddDieTogether(const Input& in, report::Report* report) {
  using report::Unit;
  const auto* found = in.profile.Find<model::DieTogether>();
  if (found == nullptr) return;
  // They are known by the function below which they were born, not by site.
  if (!in.selection.filters.empty()) {
    if (!found->groups().empty() && in.selection.nothing.empty()) {
      report->notes.push_back(
          "Blocks that die together are known of the whole process alone: not shown with filters.");
    }
    return;
  }
  report::Table table{.key = "die_together", .title = "Born below one function, freed in one run"};
  table.columns = FunctionColumns();
  for (const report::Column& c : std::initializer_list<report::Column>{
           {"groups", "groups", Unit::kCount},
           {"blocks", "blocks", Unit::kCount},
           {"bytes", "bytes", Unit::kBytes},
           {"blocks_max", "largest", Unit::kCount},
           {"bytes_max", "", Unit::kBytes},
           {"born_within_max_s", "born within", Unit::kSeconds}}) {
    table.columns.push_back(c);
  }
  std::map<uint32_t, model::Groups> by_function;
  for (const auto& [node, groups] : found->groups()) {
    Merge(groups, &by_function[in.frames.CallSite(node)]);
  }
  for (const auto& [function, g] : by_function) {
    std::vector<report::Value> row = FunctionCells(in.frames, function);
    row.emplace_back(g.groups);
    row.emplace_back(g.blocks);
    row.emplace_back(g.bytes);
    row.emplace_back(g.blocks_max);
    row.emplace_back(g.bytes_max);
    row.emplace_back(static_cast<double>(g.birth_window_max) / in.profile.trace->stamps_per_second);
    table.rows.push_back(std::move(row));
  }
  RankAndCut(&table, "blocks", in.options.top,
             {false, false, false, false, true, true, true, false, false, false});
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
