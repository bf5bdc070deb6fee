// SPDX-License-Identifier: Apache-2.0
#include "budget/ratchet.h"

#include <fmt/format.h>

#include "budget/metric.h"

namespace allocprof::budget {
namespace {

// What `from` has of a metric of a budget, stacks included, in place of what `to` has.
void TakeBack(const Baseline& from, const std::string& budget, const std::string& metric,
              Baseline* to) {
  const std::string key = EntryKey(budget, metric);
  to->figures[key] = from.figures.at(key);
  const auto left_out = from.left_out.find(key);
  to->left_out.erase(key);
  if (left_out != from.left_out.end()) to->left_out.insert(*left_out);
  const std::string prefix = EntryKey(budget, "");
  for (auto& [name, stack] : to->stacks) {
    if (name.rfind(prefix, 0) == 0) stack.figures.erase(metric);
  }
  for (const auto& [name, stack] : from.stacks) {
    const auto figure = stack.figures.find(metric);
    if (name.rfind(prefix, 0) != 0 || figure == stack.figures.end()) continue;
    BaselineStack& kept = to->stacks[name];
    if (kept.at.empty()) kept.at = stack.at;
    kept.figures[metric] = figure->second;
  }
}

}  // namespace

Baseline Ratchet(const BudgetFile& file, const Baseline* old, Baseline measured,
                 const RatchetOptions& options, std::vector<BaselineChange>* changes) {
  const bool ratchet = options.only_decrease || !options.accepted.empty();
  std::set<std::string> known;
  for (const Budget& budget : file.budgets) {
    for (const MetricBudget& metric : budget.metrics) {
      const std::string name = metric.metric->name, key = EntryKey(budget.id, name);
      known.insert(key);
      BaselineChange change{budget.id, name, Move::kNew, std::nullopt, measured.figures.at(key)};
      if (old != nullptr) change.before = old->Find(budget.id, name);
      if (change.before) {
        const bool rises = *change.measured > *change.before;
        const bool refused = rises && ratchet && options.accepted.count(budget.id) == 0;
        change.move = refused                             ? Move::kRefused
                      : rises                             ? Move::kHigher
                      : *change.measured < *change.before ? Move::kLower
                                                          : Move::kSame;
        if (refused) TakeBack(*old, budget.id, name, &measured);
      }
      changes->push_back(std::move(change));
    }
  }
  if (old != nullptr) {
    for (const auto& [key, figure] : old->figures) {
      if (known.count(key) != 0) continue;
      const size_t space = key.find(' ');
      changes->push_back({key.substr(0, space), space == key.npos ? "" : key.substr(space + 1),
                          Move::kDropped, figure, std::nullopt});
    }
  }
  return measured;
}

std::string ChangeLine(const BaselineChange& change) {
  std::string text = change.budget + " " + change.metric + ": ";
  if (change.move == Move::kDropped) {
    return text + FigureText(change.before.value_or(0)) + ", dropped: no budget limits it";
  }
  const uint64_t now = change.measured.value_or(0);
  if (!change.before) return text + FigureText(now) + ", new";
  if (change.move == Move::kSame) return text + FigureText(now) + ", as before";
  const std::string percent = ChangePercentText(*change.before, now);
  text += fmt::format("{} -> {}{}", FigureText(*change.before), FigureText(now),
                      percent.empty() ? "" : " (" + percent + ")");
  if (change.move == Move::kRefused) text += ", refused: --accept-increase " + change.budget;
  return text;
}

}  // namespace allocprof::budget
