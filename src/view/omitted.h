// SPDX-License-Identifier: Apache-2.0
//
// Figures inside a sentence, and the sentence on the rows that were cut.
//
// Thread-safety: functions without state.
#pragma once

#include <ostream>
#include <string>

#include "report/report.h"
#include "view/text_style.h"

namespace allocprof::view {

// "1,234 allocations", "1.2 MiB allocated", "phase main".
std::string Phrase(const report::Column& column, const report::Value& value,
                   const TextStyle& style);

// "… 123 more (4,567 allocations, 1.2 MiB allocated)"; empty if no row was cut.
std::string OmittedText(const report::Table& table, const TextStyle& style);

// The same in lines of the style's width, indented.
void WriteOmitted(const report::Table& table, int indent, const TextStyle& style,
                  std::ostream& out);

}  // namespace allocprof::view
