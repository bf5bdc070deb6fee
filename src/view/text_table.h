// SPDX-License-Identifier: Apache-2.0
//
// A table of the report in aligned columns: figures first, then names as long as the width allows.
//
// Thread-safety: functions without state.
#pragma once

#include <ostream>

#include "report/report.h"
#include "view/text_style.h"

namespace allocprof::view {

// The heading, the rows and what was cut. Figures are right-aligned, with their share of the total
// beside them where there is room; a column of zeros is left out, the first figure excepted. Code
// (function, file and line) comes last, on a line of its own where the width asks for that.
void WriteTextTable(const report::Report& report, const report::Table& table,
                    const TextStyle& style, std::ostream& out);

}  // namespace allocprof::view
