// SPDX-License-Identifier: Apache-2.0
//
// Records a command into a folder, for a look at its figures: no trace is left to the user.
//
// The command has this process's streams and signals; the recorder's options are those of the
// environment. Errors: no library to preload, no process; what cannot be started is told by
// ChildEnd::exec_error. Thread-safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "child_process.h"
#include "recorded_traces.h"

namespace allocprof::cli {

struct Recorded {
  ChildEnd end;
  std::vector<RecordedTrace> traces;  // the root's first; none: nothing was recorded
};

Result<Recorded> RecordOnce(const std::vector<std::string>& command, const std::string& folder);

}  // namespace allocprof::cli
