// SPDX-License-Identifier: Apache-2.0
//
// Whether a command can be recorded at all, looked at before it runs.
//
// Reads files: the program's, its interpreter's if it is a script, libtrace.so's. Runs nothing.
// Thread-safety: none beyond the environment's.
#pragma once

#include <string>
#include <vector>

#include "finding.h"

namespace allocprof::cli {

struct Diagnosis {
  std::string program;             // as it was named
  std::vector<std::string> files;  // what runs: the file, then each script's interpreter
  std::string kind;                // of the last of them; empty if it could not be read
  Findings findings;               // the heaviest first
};

// `library` is the path of libtrace.so, as FindPreloadLibrary gives it.
Diagnosis DiagnoseProgram(const std::string& program, const std::string& library);

// The file that execvp would run, or empty.
std::string FindProgram(const std::string& name);

// The heaviest finding that stops a recording, in one line: "is statically linked, so nothing can
// be preloaded: link it dynamically". Empty if nothing does, as far as can be told, or if it cannot
// be run at all, which running it will tell. `own_malloc` is the value of that option.
std::string WhyNotRecordable(const Diagnosis& diagnosis, const std::string& own_malloc = "off");

}  // namespace allocprof::cli
