// SPDX-License-Identifier: Apache-2.0
//
// run --no-alloc: what a recorded program allocated or freed below functions that are not to.
#pragma once

#include <string>
#include <vector>

#include "recorded_traces.h"

namespace allocprof::cli {

// Says on stderr what broke the rule, the most calls first. Returns kExitOver if anything
// did, else kExitOk; the code of a trace that cannot be read.
int ShowViolations(const std::vector<RecordedTrace>& traces,
                   const std::vector<std::string>& expressions);

}  // namespace allocprof::cli
