// SPDX-License-Identifier: Apache-2.0
//
// A tree of the report: share, figures and a bar, then the names, indented where the tree branches.
//
// A chain of single children stands at one level, so that deep stacks stay readable; branches that
// were cut are counted beside their parent. Thread-safety: functions without state.
#pragma once

#include <ostream>

#include "report/report.h"
#include "view/text_style.h"

namespace allocprof::view {

// REQUIRES: table.tree
void WriteTextTree(const report::Report& report, const report::Table& table, const TextStyle& style,
                   std::ostream& out);

}  // namespace allocprof::view
