// SPDX-License-Identifier: Apache-2.0
//
// Sorts a table's rows by one column, largest first, and cuts it; what is cut is summed.
#pragma once

#include <string>
#include <vector>

#include "report/report.h"

namespace allocprof::analysis {

// Rows that are equal in the column keep their order. `additive` says for each column whether the
// sum of the rows cut has a meaning.
void RankAndCut(report::Table* table, const std::string& column, uint64_t top,
                const std::vector<bool>& additive);

}  // namespace allocprof::analysis
