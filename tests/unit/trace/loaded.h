// SPDX-License-Identifier: Apache-2.0
//
// A trace (and perhaps its spool) written to disk, loaded and replayed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/event_log.h"
#include "trace/replay.h"
#include "trace/trace.h"

namespace allocprof::trace {

struct Loaded {
  Status status;
  Trace trace;  // empty if it could not be loaded
  ReplayResult replay;
  test::EventLog log;

  // What is said of it, of the file first: "line 4: not a record".
  std::vector<std::string> Damages() const;
};

Loaded LoadText(const std::string& trace, const std::optional<std::string>& spool = {});

}  // namespace allocprof::trace
