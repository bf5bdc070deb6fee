// SPDX-License-Identifier: Apache-2.0
//
// A series of the report drawn over time.
//
// Thread-safety: functions without state.
#pragma once

#include <ostream>

#include "report/report.h"
#include "view/text_style.h"

namespace allocprof::view {

// The first titled figure as a small chart, each further one as a sparkline, all over the same
// seconds, each with its largest value and when that was. Time is the first column. For live bytes
// these two come from the totals: samples may have missed the peak.
void WriteTextTimeline(const report::Report& report, const report::Table& table,
                       const TextStyle& style, std::ostream& out);

}  // namespace allocprof::view
