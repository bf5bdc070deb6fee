// SPDX-License-Identifier: Apache-2.0
//
// A run in the words of a test: which stack allocated how much. It becomes the report that
// AddSites would have made of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "budget/check.h"
#include "budget/sites.h"
#include "budget/verdict_text.h"

namespace allocprof::budget {

// In a test `Run` is GoogleTest's own.
using Runs = std::vector<Run>;
using ARun = Run;
using Numbers = std::map<std::string, uint64_t>;

struct SiteByHand {
  // Outermost first: "function@file:line", all but the name optional; "!name" is the system's.
  std::vector<std::string> frames;
  Numbers figures;
  std::string thread = "demo";
  bool main_thread = true;
  std::string phase = "main";
};

// Totals are the sums, and `totals` besides.
Run RunByHand(const std::vector<SiteByHand>& sites, const Numbers& totals = {});

// REQUIRES: it is a budget.
BudgetFile BudgetOf(const std::string& text);

CheckSubject SubjectByHand();

// A check of one run that must come to a verdict.
Outcome CheckOf(const BudgetFile& file, const std::vector<Run>& runs,
                const Baseline* baseline = nullptr);

}  // namespace allocprof::budget
