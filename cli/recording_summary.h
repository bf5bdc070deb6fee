// SPDX-License-Identifier: Apache-2.0
//
// The one line after a recorded command: what was recorded, by how many processes, which of them
// still run or had nothing to record, and what to do next. Thread-safety: functions without state.
#pragma once

#include <string>
#include <vector>

#include "child_process.h"
#include "recorded_traces.h"

namespace allocprof::cli {

// REQUIRES: !traces.empty(). The first is the command's own, if there is one of it.
std::string RecordingSummary(const std::vector<RecordedTrace>& traces, const ChildEnd& end);

}  // namespace allocprof::cli
