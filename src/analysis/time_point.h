// SPDX-License-Identifier: Apache-2.0
//
// A moment of a run as a user writes it: "12.5" or "12.5s", "250ms", "40%" of the run, "start",
// "end", or the name of a mark.
//
// Errors: what is none of these, and a moment that is not in the run. Thread-safety: pure
// functions.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "trace/trace.h"

namespace allocprof::analysis {

// The stamp. `option` names it in an error: "--from 3x: ...".
Result<uint64_t> ParseTimePoint(const std::string& option, const std::string& text,
                                const trace::Trace& trace);

}  // namespace allocprof::analysis
