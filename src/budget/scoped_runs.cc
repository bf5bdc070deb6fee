// SPDX-License-Identifier: Apache-2.0
#include "budget/scoped_runs.h"

#include <algorithm>

#include "budget/json_text.h"

namespace allocprof::budget {
namespace {

uint64_t FigureIn(const StackSums& sums, const std::string& key, size_t metric) {
  const auto it = sums.find(key);
  return it == sums.end() ? 0 : it->second.figures[metric];
}

}  // namespace

Result<ScopedRuns> ScopedRuns::Of(const std::string& path, const Budget& budget,
                                  const std::vector<Run>& runs) {
  ScopedRuns scoped;
  scoped.budget_ = &budget;
  scoped.runs_ = &runs;
  bool any = false;
  for (const Run& run : runs) {
    for (const MetricBudget& metric : budget.metrics) {
      if (run.Knows(*metric.metric)) continue;
      return Status(ErrorCode::kUnreadable,
                    path + ": " + budget.pointer + "/" + metric.metric->name +
                        ": the trace does not tell it; record with --free-stacks on");
    }
    scoped.sites_.push_back(run.In(budget.scope));
    scoped.stacks_.push_back(run.ByStack(scoped.sites_.back()));
    any = any || !scoped.sites_.back().empty() || run.Entered(budget.scope);
  }
  if (!any && budget.scope.any() && !budget.allow_empty) {
    return Mistake(path, budget.pointer + "/scope",
                   "no allocation is in the scope " + budget.scope.Text() +
                       "; mend it, or say \"allow_empty\": true if none is to be there");
  }
  scoped.FindUnstable();
  return scoped;
}

void ScopedRuns::FindUnstable() {
  std::set<std::string> keys;
  for (const StackSums& sums : stacks_) {
    for (const auto& [key, sum] : sums) keys.insert(key);
  }
  if (stacks_.size() < 2) return;
  for (const MetricBudget& metric : budget_->metrics) {
    const size_t index = IndexOf(*metric.metric);
    if (metric.metric->sum == Sum::kProcess) continue;
    for (const std::string& key : keys) {
      const uint64_t first = FigureIn(stacks_.front(), key, index);
      const bool same = std::all_of(stacks_.begin(), stacks_.end(), [&](const StackSums& sums) {
        return FigureIn(sums, key, index) == first;
      });
      if (!same) unstable_[index].insert(key);
    }
    if (budget_->exclude_unstable) left_out_[index] = unstable_[index];
  }
}

uint64_t ScopedRuns::Figure(const Metric& metric, size_t run) const {
  const size_t index = IndexOf(metric);
  if (left_out_[index].empty()) {
    return (*runs_)[run].Figure(metric, sites_[run], !budget_->scope.any());
  }
  uint64_t figure = 0;
  for (const auto& [key, sum] : stacks_[run]) {
    if (left_out_[index].count(key) != 0) continue;
    const uint64_t one = sum.figures[index];
    figure = metric.sum == Sum::kLargest ? std::max(figure, one) : figure + one;
  }
  return figure;
}

}  // namespace allocprof::budget
