// SPDX-License-Identifier: Apache-2.0
//
// Blocks that one thread allocates and another frees, by pair of threads.
#include "model/hand_overs.h"

#include <map>

#include "analysis/analysis.h"
#include "analysis/ranking.h"

namespace allocprof::analysis {

void AddHandOvers(const Input& in, report::Report* report) {
  using report::Unit;
  using report::Value;
  const auto* hand_overs = in.profile.Find<model::HandOvers>();
  if (hand_overs == nullptr) return;
  // They are not known by site, so not of a selection either.
  if (!in.selection.filters.empty()) {
    if (!hand_overs->pairs().empty() && in.selection.nothing.empty()) {
      report->notes.push_back(
          "Blocks freed by another thread are paired for the whole process alone: not shown with "
          "filters.");
    }
    return;
  }
  report::Table table{.key = "hand_overs", .title = "Allocated by one thread, freed by another"};
  table.columns = {{"from.tid", "from", Unit::kNone},  {"from.name", "", Unit::kText},
                   {"to.tid", "to", Unit::kNone},      {"to.name", "", Unit::kText},
                   {"blocks", "blocks", Unit::kCount}, {"bytes", "bytes", Unit::kBytes}};
  std::map<uint32_t, const trace::Thread*> by_number;
  for (const trace::Thread& t : in.profile.trace->threads) by_number[t.id] = &t;
  const auto name_to = [&](uint32_t index, std::vector<Value>* row) {
    const auto it = by_number.find(in.profile.threads[index].id);
    row->resize(row->size() + 2);
    if (it == by_number.end()) return;
    (*row)[row->size() - 2] = uint64_t{it->second->tid};
    row->back() = it->second->name;
  };
  for (const auto& [pair, sum] : hand_overs->pairs()) {
    std::vector<Value> row;
    name_to(pair.first, &row);
    name_to(pair.second, &row);
    row.emplace_back(sum.blocks);
    row.emplace_back(sum.bytes);
    table.rows.push_back(std::move(row));
  }
  if (hand_overs->others().blocks != 0) {
    table.rows.push_back({Value(), Value(), Value(), Value("others"), hand_overs->others().blocks,
                          hand_overs->others().bytes});
  }
  RankAndCut(&table, "blocks", in.options.top, {false, false, false, false, true, true});
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
