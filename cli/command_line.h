// SPDX-License-Identifier: Apache-2.0
//
// From the words after `allocprof` to a command: `allocprof TRACE` is a report.
#pragma once

#include <string>
#include <vector>

#include "command.h"

namespace allocprof::cli {

// Returns the exit code.
int RunCommandLine(std::vector<std::string> words);

}  // namespace allocprof::cli
