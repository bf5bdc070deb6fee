// SPDX-License-Identifier: Apache-2.0
//
// A long text on a terminal goes through a pager: $ALLOCPROF_PAGER, $PAGER, or less.
//
// While one lives, standard output is a pipe to it. Errors: where none can be started, the text
// goes to the terminal itself. Thread-safety: one thread.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/terminal.h"

namespace allocprof::cli {

// What to run, as the shell reads it; empty: nothing is wanted or there.
std::string PagerCommand(const EnvironmentLookup& environment);

class Pager {
 public:
  // REQUIRES: standard output is a terminal; what the text needs to know of it has been asked.
  static std::unique_ptr<Pager> Start(const std::string& command);
  // Sends what is left and waits until the reader is done.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

 private:
  Pager(pid_t pid, int terminal) : pid_(pid), terminal_(terminal) {}

  pid_t pid_;
  int terminal_;  // the standard output of before
};

}  // namespace allocprof::cli
