// SPDX-License-Identifier: Apache-2.0
//
// A piece of advice, and how many that say the same become one: lines of a function that has no
// line numbers, and leaks beyond the largest few.
// Thread-safety: pure functions.
#pragma once

#include <vector>

#include "analysis/advice/rules.h"

namespace allocprof::analysis {

struct Piece {
  const char* rule;
  const char* title;
  Place* place;  // null: of the whole program
  Draft draft;
  double gain;  // share of the program's allocations, or of its peak for memory that is held
};

// Sorts them, most gain first. Places that are folded are added to the one that stands for them.
void FoldAndRank(std::vector<Piece>* pieces);

}  // namespace allocprof::analysis
