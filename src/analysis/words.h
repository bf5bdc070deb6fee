// SPDX-License-Identifier: Apache-2.0
//
// How reports word what traces say in codes. Thread-safety: functions without state.
#pragma once

#include <cstdint>
#include <string>

#include "trace/trace.h"

namespace allocprof::analysis {

// "exit", "still running", "died".
const char* EndingText(trace::Ending ending);

// Why events were lost, after a colon: "the disk was full". `why` is a key of the trace.
const char* LostText(const std::string& why);

// CLOCK_REALTIME nanoseconds as "2026-11-24T21:00:19Z".
std::string IsoTime(uint64_t real_ns);

}  // namespace allocprof::analysis
