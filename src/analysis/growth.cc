// SPDX-License-Identifier: Apache-2.0
//
// Functions whose buffers grow step by step: what a reserve() of the right size would save.
#include "model/growth.h"

#include <map>

#include "analysis/analysis.h"
#include "analysis/function_cells.h"
#include "analysis/ranking.h"

namespace allocprof::analysis {
namespace {

// Of the longest chain: below that nothing would be gained, or it was no growth at all.
constexpr uint64_t kFewestSteps = 2;

}  // namespace

void AddGrowth(const Input& in, report::Report* report) {
  using report::Unit;
  const auto* growth = in.profile.Find<model::Growth>();
  if (growth == nullptr) return;
  report::Table table{.key = "growth", .title = "Buffers that grow step by step"};
  table.columns = FunctionColumns();
  for (const report::Column& c :
       std::initializer_list<report::Column>{{"chains", "buffers", Unit::kCount},
                                             {"steps", "steps", Unit::kCount},
                                             {"steps_max", "most steps", Unit::kCount},
                                             {"moved", "", Unit::kCount},
                                             {"start_p50", "start", Unit::kBytes},
                                             {"final_p50", "median end", Unit::kBytes},
                                             {"final_p95", "", Unit::kBytes},
                                             {"final_max", "largest end", Unit::kBytes},
                                             {"copied_bytes", "copied", Unit::kBytes}}) {
    table.columns.push_back(c);
  }
  std::map<uint32_t, model::SiteGrowth> by_function;
  for (size_t i = 0; i < in.facts.size() && i < growth->sites().size(); i++) {
    const model::SiteGrowth& site = growth->sites()[i];
    if (site.chains != 0 && in.facts[i].selected) by_function[in.facts[i].call_site].Add(site);
  }
  for (const auto& [function, g] : by_function) {
    if (g.steps_max < kFewestSteps) continue;
    std::vector<report::Value> row = FunctionCells(in.frames, function);
    for (const uint64_t value :
         {g.chains, g.steps, g.steps_max, g.moved, g.start_sizes.Quantile(0.5),
          g.final_sizes.Quantile(0.5), g.final_sizes.Quantile(0.95), g.final_sizes.Quantile(1),
          g.copied_bytes}) {
      row.emplace_back(value);
    }
    table.rows.push_back(std::move(row));
  }
  RankAndCut(
      &table, "steps", in.options.top,
      {false, false, false, false, true, true, false, true, false, false, false, false, true});
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
