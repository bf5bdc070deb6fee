// SPDX-License-Identifier: Apache-2.0
//
// Advice as text: what could be saved, where, why and how, and an example stack.
//
// Thread-safety: functions without state.
#pragma once

#include <ostream>

#include "report/report.h"
#include "view/text_style.h"

namespace allocprof::view {

// In brief (unless style.long_advice()): few pieces, without stacks. REQUIRES: one stack a row.
void WriteTextAdvice(const report::Report& report, const report::Table& table,
                     const TextStyle& style, std::ostream& out);

}  // namespace allocprof::view
