// SPDX-License-Identifier: Apache-2.0
//
// Functions that free a block and ask for as much again, in turn, and the function in whose one
// call that happened: what could keep the block.
#include "analysis/churn.h"

#include <algorithm>
#include <map>

#include "analysis/analysis.h"
#include "analysis/function_cells.h"
#include "analysis/ranking.h"

namespace allocprof::analysis {

uint32_t FunctionChurn::MostStayed() const {
  const auto most =
      std::max_element(stayed.begin(), stayed.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most != stayed.end() ? most->first : UINT32_MAX;
}

void AddChurn(const Input& in, uint32_t site, uint32_t asking, FunctionChurn* to) {
  const auto* containment = in.profile.Find<model::Containment>();
  if (containment == nullptr || site >= containment->churn().sites().size()) return;
  const std::vector<model::Turns>& by_frame = containment->churn().sites()[site];
  const auto& nodes = in.profile.stacks.nodes();
  FrameCounter frame(in.frames, asking);
  uint32_t node = in.profile.sites[site].node;
  for (size_t i = 0; i < by_frame.size() && node != 0; i++, node = nodes[node].parent) {
    const FrameCounter::Place place = frame.Next(nodes[node].location);
    const model::Turns& turns = by_frame[i];
    if (turns.turns == 0) continue;
    to->all.Add(turns);
    if (place.up == 0) to->in_call += turns.turns;
    if (place.up == 1) to->in_caller += turns.turns;
    to->stayed[place.function] += turns.turns;
  }
}

void AddChurn(const Input& in, report::Report* report) {
  using report::Unit;
  const auto* containment = in.profile.Find<model::Containment>();
  if (containment == nullptr || !containment->known()) return;
  report::Table table{.key = "churn", .title = "Freed and asked for again, the same size in turn"};
  table.columns = FunctionColumns();
  for (const report::Column& c :
       std::initializer_list<report::Column>{{"turns", "turns", Unit::kCount},
                                             {"in_call", "in one call", Unit::kCount},
                                             {"in_caller", "of its caller", Unit::kCount},
                                             {"runs", "runs", Unit::kCount},
                                             {"run_max", "longest", Unit::kCount},
                                             {"size_max", "size up to", Unit::kBytes},
                                             {"bytes", "bytes", Unit::kBytes},
                                             {"stayed", "under one call of", Unit::kText}}) {
    table.columns.push_back(c);
  }
  std::map<uint32_t, FunctionChurn> by_function;
  const auto& sites = containment->churn().sites();
  for (uint32_t i = 0; i < in.facts.size() && i < sites.size(); i++) {
    if (sites[i].empty() || !in.facts[i].selected) continue;
    AddChurn(in, i, in.facts[i].call_site, &by_function[in.facts[i].call_site]);
  }
  for (const auto& [function, churn] : by_function) {
    std::vector<report::Value> row = FunctionCells(in.frames, function);
    for (const uint64_t value : {churn.all.turns, churn.in_call, churn.in_caller, churn.all.runs,
                                 churn.all.run_max, churn.all.size_max, churn.all.bytes}) {
      row.emplace_back(value);
    }
    row.push_back(FunctionCells(in.frames, churn.MostStayed())[0]);
    table.rows.push_back(std::move(row));
  }
  RankAndCut(&table, "turns", in.options.top,
             {false, false, false, false, true, true, true, true, false, false, true, false});
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
