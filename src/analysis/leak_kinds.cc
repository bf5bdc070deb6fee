// SPDX-License-Identifier: Apache-2.0
//
// Leaks by function, told apart by when their blocks were born: all along the run, so that a longer
// run would leak more, or once.
#include <map>

#include "analysis/analysis.h"
#include "analysis/function_cells.h"
#include "analysis/ranking.h"
#include "model/leak_ages.h"

namespace allocprof::analysis {
namespace {

const char* KindText(model::LeakKind kind) {
  switch (kind) {
    case model::LeakKind::kNone:
      break;
    case model::LeakKind::kOnce:
      return "once";
    case model::LeakKind::kGrowing:
      return "growing";
    case model::LeakKind::kOther:
      return "now and then";
  }
  return "";
}

}  // namespace

void AddLeakKinds(const Input& in, report::Report* report) {
  using report::Unit;
  const auto* ages = in.profile.Find<model::LeakAges>();
  if (ages == nullptr) return;
  report::Table table{.key = "leak_kinds", .title = "Leaks by when their blocks were born"};
  table.columns = FunctionColumns();
  for (const report::Column& c :
       std::initializer_list<report::Column>{{"kind", "leaks", Unit::kText},
                                             {"bytes", "bytes", Unit::kBytes},
                                             {"blocks", "blocks", Unit::kCount},
                                             {"first_s", "first", Unit::kSeconds},
                                             {"last_s", "last", Unit::kSeconds}}) {
    table.columns.push_back(c);
  }
  std::map<uint32_t, model::SiteLeak> by_function;
  for (const model::LeakAges::Row& row : ages->rows()) {
    const SiteFacts& facts = in.facts[row.site];
    if (facts.selected && facts.leaks()) by_function[facts.call_site].Add(row.leak);
  }
  for (const auto& [function, leak] : by_function) {
    std::vector<report::Value> row = FunctionCells(in.frames, function);
    row.emplace_back(std::string(KindText(leak.Kind())));
    row.emplace_back(leak.bytes);
    row.emplace_back(leak.blocks);
    row.emplace_back(in.profile.trace->Seconds(leak.first_born));
    row.emplace_back(in.profile.trace->Seconds(leak.last_born));
    table.rows.push_back(std::move(row));
  }
  RankAndCut(&table, "bytes", in.options.top,
             {false, false, false, false, false, true, true, false, false});
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
