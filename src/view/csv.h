// SPDX-License-Identifier: Apache-2.0
//
// One table as CSV, for spreadsheets and scripts: RFC 4180 quoting, but lines end with LF alone,
// as Unix tools want. The header line holds the JSON report's keys; figures are exact and bare, an
// unknown one is empty. Stacks get a last column "frames": names, innermost first, joined by ';'.
//
// No errors but those of the stream. Thread-safety: functions without state.
#pragma once

#include <ostream>

#include "report/report.h"

namespace allocprof::view {

void WriteCsv(const report::Table& table, std::ostream& out);

}  // namespace allocprof::view
