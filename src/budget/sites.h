// SPDX-License-Identifier: Apache-2.0
//
// One run as budgets and comparisons see it: the sites of a report and their figures.
//
// Keeps the report that it is made from alive. Errors: a figure that the trace cannot tell.
// Thread-safety: built by one thread, then read.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "budget/budget_file.h"
#include "budget/metric.h"
#include "budget/stack_key.h"
#include "report/report.h"

namespace allocprof::budget {

using Figures = std::array<uint64_t, kMetrics>;  // by IndexOf

struct Site {
  Figures figures{};
  const Frames* stack = nullptr;
  std::string phase;
  std::string thread;
  bool main_thread = false;
  std::vector<std::string> regions;  // around it, outermost first
};

// Sites whose stacks have one key.
struct StackSum {
  Figures figures{};
  std::vector<const Site*> sites;

  // The stack with most of a metric; of equals the first by its text, so that the order of events
  // does not show.
  const Frames& Largest(size_t metric) const;
};

// By StackKey, in its order: the same in each run.
using StackSums = std::map<std::string, StackSum>;

class Run {
 public:
  // REQUIRES: a report of Subject::kBudget.
  explicit Run(std::shared_ptr<const report::Report> report);

  const std::vector<Site>& sites() const { return sites_; }
  const report::Report& report() const { return *report_; }

  // Indices of the sites in the scope.
  std::vector<size_t> In(const Scope& scope) const;

  // Whether the scope is of regions alone, and one of them was entered: to allocate nothing in it
  // is no mistake of the budget.
  bool Entered(const Scope& scope) const;

  // Whether the trace tells the metric at all.
  bool Knows(const Metric& metric) const { return known_[IndexOf(metric)]; }

  // Over the sites, which are all if the scope says nothing: then it is the report's own total.
  uint64_t Figure(const Metric& metric, const std::vector<size_t>& sites, bool all) const;

  StackSums ByStack(const std::vector<size_t>& sites) const;

 private:
  std::shared_ptr<const report::Report> report_;
  std::vector<Site> sites_;
  std::vector<std::string> entered_;  // regions
  std::array<std::optional<uint64_t>, kMetrics> totals_;
  std::array<bool, kMetrics> known_{};
};

void AddTo(Figures* sum, const Figures& figures);

}  // namespace allocprof::budget
