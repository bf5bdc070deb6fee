// SPDX-License-Identifier: Apache-2.0
//
// One budget's part of each run: which sites are in its scope, what they add up to, and by stack.
//
// Errors: kUsage for a scope that nothing is in; kUnreadable for a figure that the trace cannot
// tell. Thread-safety: one thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/status.h"
#include "budget/budget_file.h"
#include "budget/sites.h"

namespace allocprof::budget {

class ScopedRuns {
 public:
  // `path` of the budget file is for the messages.
  static Result<ScopedRuns> Of(const std::string& path, const Budget& budget,
                               const std::vector<Run>& runs);

  size_t size() const { return runs_->size(); }

  // Of one run; without what is unstable in it, if the budget says so.
  uint64_t Figure(const Metric& metric, size_t run) const;
  const StackSums& Stacks(size_t run) const { return stacks_[run]; }
  // The keys that a figure leaves out.
  const std::set<std::string>& LeftOut(const Metric& metric) const {
    return left_out_[IndexOf(metric)];
  }
  // Keys of stacks whose figures are not the same in each run.
  const std::set<std::string>& Unstable(const Metric& metric) const {
    return unstable_[IndexOf(metric)];
  }

 private:
  ScopedRuns() = default;
  void FindUnstable();

  const Budget* budget_ = nullptr;
  const std::vector<Run>* runs_ = nullptr;
  std::vector<std::vector<size_t>> sites_;  // by run
  std::vector<StackSums> stacks_;           // by run
  std::array<std::set<std::string>, kMetrics> unstable_, left_out_;
};

}  // namespace allocprof::budget
