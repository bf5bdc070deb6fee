// SPDX-License-Identifier: Apache-2.0
//
// Whether a command can be recorded at all, looked at before it runs.
//
// Reads the program's file; runs nothing. Thread-safety: none beyond the environment's.
#pragma once

#include <string>

namespace allocprof::cli {

// The file that execvp would run, or empty.
std::string FindProgram(const std::string& name);

// Why a preloaded library will not get into the program, with the remedy: "is statically linked:
// ...". Empty if it will, as far as can be told: also for what cannot be read. A script is judged
// by its interpreter.
std::string WhyNotRecordable(const std::string& path);

}  // namespace allocprof::cli
