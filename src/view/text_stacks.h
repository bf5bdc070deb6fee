// SPDX-License-Identifier: Apache-2.0
//
// A table of stacks as text: a line of figures, then the frames, innermost first.
//
// Thread-safety: functions without state.
#pragma once

#include <ostream>
#include <vector>

#include "report/report.h"
#include "view/text_style.h"

namespace allocprof::view {

// Runs of plumbing are one line, with the sum of their frame bytes, unless style.show_plumbing().
// Of a stack too long to read both ends are shown. REQUIRES: one stack a row.
void WriteTextStacks(const report::Report& report, const report::Table& table,
                     const TextStyle& style, std::ostream& out);

// The frames of one stack, a line each.
void WriteStackFrames(const std::vector<report::Frame>& stack, const TextStyle& style,
                      std::ostream& out);

}  // namespace allocprof::view
