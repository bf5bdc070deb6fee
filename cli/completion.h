// SPDX-License-Identifier: Apache-2.0
//
// Completion scripts for bash, zsh and fish, from the table of commands and their options.
//
// No errors but those of the stream. Thread-safety: functions without state.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "describe.h"

namespace allocprof::cli {

struct Shell {
  const char* name;
  void (*write)(std::ostream& out);
};

const std::vector<Shell>& Shells();

}  // namespace allocprof::cli
