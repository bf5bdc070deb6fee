// SPDX-License-Identifier: Apache-2.0
//
// Runs a command as if allocprof were not there: its signals reach it, its status comes back.
//
// Thread-safety: none; the process must have one thread, since signals are blocked meanwhile.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace allocprof::cli {

// As env(1) has them.
inline constexpr int kExitCannotRun = 125;
inline constexpr int kExitNotExecutable = 126;
inline constexpr int kExitNotFound = 127;

struct ChildEnd {
  pid_t pid = 0;
  int exec_error = 0;  // errno if the command could not be started
  int exit_code = 0;   // the command's own, 128+n if signal n killed it, 126 or 127 by exec_error
  int signal = 0;      // that killed it, or 0
};

// Changes to the environment: a variable and its value, in the child alone.
struct EnvironmentChanges {
  std::vector<std::pair<std::string, std::string>> set;
  std::vector<std::string> unset;
};

// Runs `command` (looked up in PATH) to its end. INT, QUIT, TERM, HUP, USR1, USR2, WINCH and CONT
// sent to this process are passed on, except what a terminal has sent to both.
// Errors: no process can be made.
Result<ChildEnd> RunChild(const std::vector<std::string>& command,
                          const EnvironmentChanges& changes);

}  // namespace allocprof::cli
