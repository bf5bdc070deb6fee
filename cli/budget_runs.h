// SPDX-License-Identifier: Apache-2.0
//
// From a trace, or a command to record, to what a budget is held against.
//
// Errors: said; the exit code is then the command's own if it failed, 125 to 127 as env(1) if it
// could not be run, else this program's. Thread-safety: one thread.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "budget/budget_file.h"
#include "budget/sites.h"
#include "budget_arguments.h"

namespace allocprof::cli {

// Or the exit code to end with.
std::variant<std::vector<budget::Run>, int> RunsFor(const std::string& command,
                                                    const BudgetArguments& arguments,
                                                    bool by_thread);

// One trace. `tree`: with the processes below it.
Result<budget::Run> ReadRun(const std::string& trace, const BudgetArguments& arguments, bool tree,
                            bool by_thread);

// "sqlite3", of the process that was recorded.
std::string ProgramOf(const budget::Run& run);

}  // namespace allocprof::cli
