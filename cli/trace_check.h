// SPDX-License-Identifier: Apache-2.0
//
// What a trace tells about why it holds little.
//
// Thread-safety: functions without state.
#pragma once

#include <string>

#include "finding.h"
#include "trace/trace.h"

namespace allocprof::cli {

// Whether the file begins as a trace does, plain or compressed.
bool LooksRecorded(const std::string& path);

Findings CheckTrace(const trace::Trace& trace);

}  // namespace allocprof::cli
