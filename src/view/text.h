// SPDX-License-Identifier: Apache-2.0
//
// The report for people at a terminal.
//
// Whose title is empty is not shown; what was cut is summed up; the notes come last. No errors but
// those of the stream. Thread-safety: functions without state.
#pragma once

#include <ostream>

#include "report/report.h"
#include "view/text_options.h"

namespace allocprof::view {

void WriteText(const report::Report& report, const TextOptions& options, std::ostream& out);

}  // namespace allocprof::view
