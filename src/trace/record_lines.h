// SPDX-License-Identifier: Apache-2.0
//
// The record lines of a trace: one JSON object each. Chunks are indexed, not decoded.
#pragma once

#include <string_view>

#include "base/status.h"
#include "trace/trace.h"

namespace allocprof::trace {

// Parses trace->file into the other members. Fails only when there is no trace to speak of: an
// empty file, one that is no allocprof trace, or one of a newer major version.
Status ParseLines(Trace* trace);

// Parses the first line of a trace into trace->header; fails as ParseLines does.
Status ParseHeader(std::string_view line, Trace* trace);

// Parses one record line (without its trailing comma) into `trace`; false if it is not a record.
// `where` names the line in a Damage.
bool ParseRecord(std::string_view line, const std::string& where, Trace* trace);

}  // namespace allocprof::trace
