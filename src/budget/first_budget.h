// SPDX-License-Identifier: Apache-2.0
//
// A first budget for a program, from one run of it: its totals and the functions that allocate
// most, with room to move.
//
// Thread-safety: pure functions.
#pragma once

#include <string>

#include "budget/sites.h"

namespace allocprof::budget {

struct FirstBudgetOptions {
  double headroom = 10;  // percent
  std::string program;   // for the comment at the top
  std::string command;   // that made it
};

std::string FirstBudget(const Run& run, const FirstBudgetOptions& options);

}  // namespace allocprof::budget
