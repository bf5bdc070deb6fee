// SPDX-License-Identifier: Apache-2.0
//
// Manual pages in man(7), from the table of commands and their options.
//
// Any text may stand in help and examples: roff's own characters are escaped. Thread-safety:
// functions without state.
#pragma once

#include <ostream>
#include <string>

#include "describe.h"

namespace allocprof::cli {

// allocprof(1): what it is for, the commands, exit status, environment.
void WriteManual(const std::string& version, std::ostream& out);

// allocprof-report(1) and its like.
void WriteManual(const Command& command, const CommandDescription& description,
                 const std::string& version, std::ostream& out);

}  // namespace allocprof::cli
