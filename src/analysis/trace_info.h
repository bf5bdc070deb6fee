// SPDX-License-Identifier: Apache-2.0
//
// The trace itself as a report: what it is, whether it is whole, where its bytes go, what recording
// cost. Nothing is symbolised.
//
// Errors: as trace::Load. Replays the trace once, to prove its end record's totals again.
// Thread-safety: functions without state.
#pragma once

#include <string>

#include "base/status.h"
#include "report/report.h"

namespace allocprof::analysis {

Result<report::Report> BuildTraceInfo(const std::string& trace_path);

}  // namespace allocprof::analysis
