// SPDX-License-Identifier: Apache-2.0
//
// How a baseline moves on: to what was measured, or down only.
//
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "budget/baseline.h"
#include "budget/budget_file.h"

namespace allocprof::budget {

enum class Move : uint8_t { kNew, kLower, kHigher, kRefused, kSame, kDropped };

struct BaselineChange {
  std::string budget, metric;
  Move move = Move::kSame;
  std::optional<uint64_t> before, measured;
};

struct RatchetOptions {
  bool only_decrease = false;
  std::set<std::string> accepted;  // ids of budgets that may rise all the same
};

// `old` is nullptr if there is none. Figures of metrics that the budget no longer mentions go.
Baseline Ratchet(const BudgetFile& file, const Baseline* old, Baseline measured,
                 const RatchetOptions& options, std::vector<BaselineChange>* changes);

// "parser allocations: 990 -> 1,240 (+25.3 %), refused: …".
std::string ChangeLine(const BaselineChange& change);

}  // namespace allocprof::budget
