// SPDX-License-Identifier: Apache-2.0
//
// A command's arguments as data, for the manual pages and the shells' completions: read from what
// the command itself hands to Parse, so that none can be forgotten.
//
// Thread-safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "command.h"

namespace allocprof::cli {

struct OptionDescription {
  std::vector<std::string> names;  // "-o", "--output"; none: a positional argument
  std::string placeholder;         // "FILE"; empty: a flag
  std::string help;
  std::string group;                 // heading in the help
  std::vector<std::string> choices;  // the only words it takes; empty: anything
};

struct CommandDescription {
  std::vector<OptionDescription> options;  // positional arguments first
  std::string footer;
};

// Runs the command up to its arguments and no further.
CommandDescription Describe(const Command& command);

}  // namespace allocprof::cli
