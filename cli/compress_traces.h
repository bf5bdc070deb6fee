// SPDX-License-Identifier: Apache-2.0
//
// `run -o x.json.zst`: the traces of a run are recorded as they are, and compressed afterwards.
//
// Errors are said and leave the plain trace where it is. Thread-safety: none.
#pragma once

#include <string>
#include <vector>

#include "recorded_traces.h"

namespace allocprof::cli {

// What the recorder is to write for this output: x.json for x.json.zst. The output itself if it is
// not to be compressed.
std::string PlainOutput(const std::string& output);

// Puts each trace into PATH.zst and removes the plain one with its spool; their paths follow. The
// trace of a process that still runs stays as it is.
void CompressTraces(std::vector<RecordedTrace>* traces);

}  // namespace allocprof::cli
