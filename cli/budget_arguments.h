// SPDX-License-Identifier: Apache-2.0
//
// The arguments that check and baseline share: the budget, and the traces or the command that are
// held against it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arguments.h"
#include "symbols/options.h"

namespace allocprof::cli {

struct BudgetArguments {
  std::string budget = "allocprof.budget.json";
  std::string baseline;  // empty: beside the budget
  std::vector<std::string> suppressions;
  symbols::Options symbols;
  std::string trace;
  std::vector<std::string> command;  // what stood after --
  uint64_t runs = 1;
  bool tree = false;  // a trace with all processes that it started; a command always has them
};

// Moves the words after "--" to `command`.
void SplitCommand(std::vector<std::string>* words, std::vector<std::string>* command);

void BindBudgetArguments(CLI::App* app, BudgetArguments* to);

// Says what is wrong; the exit code, or none.
std::optional<int> RefuseBudgetArguments(const std::string& command, const BudgetArguments& of);

// The file beside the budget: x.budget.json has x.baseline.json.
std::string BaselinePath(const BudgetArguments& of);

// "--budget x.json --suppressions y": to say in a command what was said here. Ends with a space,
// unless empty.
std::string OptionsText(const BudgetArguments& of);
// "trace.json" or "-- ./app".
std::string SubjectText(const BudgetArguments& of);

}  // namespace allocprof::cli
