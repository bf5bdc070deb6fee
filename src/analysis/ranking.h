// SPDX-License-Identifier: Apache-2.0
//
// Sorts a table's rows by one column, largest first, and cuts it; what is cut is summed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/threshold.h"
#include "report/report.h"

namespace allocprof::analysis {

// How much of a list is shown.
struct Cut {
  Cut(uint64_t most) : top(most) {}  // NOLINT: a number of rows is a cut
  Cut(uint64_t most, Threshold least) : top(most), min(least) {}

  uint64_t top;   // rows; 0 = all
  Threshold min;  // of the column ranked by: rows below it are cut; a percentage is of its sum
};

// Rows that are equal in the column keep their order. `additive` says for each column whether the
// sum of the rows cut has a meaning.
void RankAndCut(report::Table* table, const std::string& column, const Cut& cut,
                const std::vector<bool>& additive);

}  // namespace allocprof::analysis
