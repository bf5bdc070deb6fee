// SPDX-License-Identifier: Apache-2.0
//
// allocprof.budget.json, as people write it: JSON with comments, read and never written.
// Specified by src/package/schema/allocprof-budget-1.json.
//
// Errors: kUsage, each naming file, JSON pointer and remedy; an unknown or repeated key is one, so
// that a typo is no budget that always holds. Thread-safety: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/phases.h"
#include "base/pattern.h"
#include "base/status.h"
#include "budget/limit.h"
#include "budget/metric.h"

namespace allocprof::budget {

// All that is given must hold.
struct Scope {
  std::string function;  // as written; empty: any
  std::optional<Regex> function_regex;
  bool self = false;  // function, file and module are the call site's, not any frame's
  std::string file, module, thread, region;  // globs; empty: any
  std::optional<analysis::Phase> phase;

  bool any() const {
    return !function.empty() || !file.empty() || !module.empty() || !thread.empty() ||
           !region.empty() || phase.has_value();
  }
  // "function '^parse_', thread 'worker*'".
  std::string Text() const;
};

struct MetricBudget {
  const Metric* metric = nullptr;
  std::vector<Limit> limits;
};

struct Budget {
  std::string id;
  std::string description;
  Scope scope;
  bool allow_empty = false;       // that no allocation is in the scope is no mistake
  bool exclude_unstable = false;  // stacks whose figures differ from run to run
  std::vector<MetricBudget> metrics;
  std::string pointer;  // "/budgets/0"
};

struct BudgetFile {
  std::string path;
  std::vector<Budget> budgets;

  bool needs_baseline() const;
  bool needs_threads() const;
};

// `path` is for the messages.
Result<BudgetFile> ParseBudget(const std::string& path, std::string_view text);
Result<BudgetFile> ReadBudget(const std::string& path);

}  // namespace allocprof::budget
