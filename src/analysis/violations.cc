// SPDX-License-Identifier: Apache-2.0
//
// Allocations and frees where there are to be none: in a region that says so, or below a function
// that the user named. One call may break several rules.
#include <fmt/format.h>

#include <tuple>

#include "analysis/analysis.h"
#include "analysis/function_cells.h"
#include "analysis/ranking.h"
#include "base/pattern.h"
#include "model/frees_by_stack.h"
#include "model/region_totals.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

struct Broken {
  std::string rule;
  uint32_t node;
  uint64_t allocations;
  uint64_t frees;
};

// By node, whether a frame of its stack is such a function. Parents come before their children.
std::vector<bool> Below(const Input& in, const Regex& regex) {
  std::vector<bool> functions(in.frames.functions().size());
  for (size_t i = 0; i < functions.size(); i++) {
    functions[i] = regex.Finds(in.frames.functions()[i].name);
  }
  const auto& nodes = in.profile.stacks.nodes();
  std::vector<bool> below(nodes.size());
  for (size_t i = 1; i < nodes.size(); i++) {
    below[i] = below[nodes[i].parent];
    for (const FrameRef& f : in.frames.OfLocation(nodes[i].location)) {
      below[i] = below[i] || functions[f.function];
    }
  }
  return below;
}

void AddFunctionRules(const Input& in, std::vector<Broken>* broken) {
  const auto* frees = in.profile.Find<model::FreesByStack>();
  for (const std::string& expression : in.options.no_alloc) {
    const Result<Regex> regex = Regex::Compile(expression);
    if (!regex.ok()) continue;  // BuildReport has refused it
    const std::vector<bool> below = Below(in, regex.value());
    std::vector<std::pair<uint64_t, uint64_t>> calls(below.size());
    for (const model::Site& site : in.profile.sites) calls[site.node].first += site.allocations;
    for (size_t i = 0; frees != nullptr && i < std::min(calls.size(), frees->frees().size()); i++) {
      calls[i].second = frees->frees()[i];
    }
    for (size_t i = 1; i < below.size(); i++) {
      const auto& [allocated, freed] = calls[i];
      if (!below[i] || allocated + freed == 0) continue;
      broken->push_back(
          {"function /" + expression + "/", static_cast<uint32_t>(i), allocated, freed});
    }
  }
}

}  // namespace

void AddViolations(const Input& in, report::Report* report) {
  std::vector<Broken> broken;
  if (const auto* found = in.profile.Find<model::RegionTotals>()) {
    for (const model::Violation& v : found->violations()) {
      broken.push_back({in.profile.regions.names[v.region], v.node, v.allocations, v.frees});
    }
  }
  AddFunctionRules(in, &broken);
  if (broken.empty()) return;
  report::Table table{.key = "violations", .title = "Calls where there are to be none"};
  table.columns = {{"region", "region", Unit::kText}};
  for (const report::Column& c : FunctionColumns()) table.columns.push_back(c);
  table.columns.push_back({"calls", "calls", Unit::kCount});
  table.columns.push_back({"allocations", "allocations", Unit::kCount});
  table.columns.push_back({"frees", "frees", Unit::kCount});
  table.columns.push_back({"node", "", Unit::kNone});
  for (const Broken& b : broken) {
    std::vector<Value> row = FunctionCells(in.frames, in.frames.CallSite(b.node));
    row.insert(row.begin(), b.rule);
    row.emplace_back(b.allocations + b.frees);
    row.emplace_back(b.allocations);
    row.emplace_back(b.frees);
    row.emplace_back(uint64_t{b.node});
    table.rows.push_back(std::move(row));
  }
  std::vector<bool> additive(table.columns.size(), false);
  for (size_t i = additive.size() - 4; i < additive.size() - 1; i++) additive[i] = true;
  const uint64_t top = in.options.subject == Subject::kBudget ? 0 : in.options.top;
  RankAndCut(&table, "calls", top, additive);
  in.frames.ShowStacks(&table);
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
