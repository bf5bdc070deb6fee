// SPDX-License-Identifier: Apache-2.0
//
// The leftover spool of a process that died, was replaced by exec, or still runs: its bytes, and
// what of them is not in trace.json. Layout: src/wire/spool.h. Hostile like the trace.
#pragma once

#include <string>

#include "trace/trace.h"

namespace allocprof::trace {

struct SpoolFile {
  std::string bytes;  // empty: there is none
};

SpoolFile ReadSpool(const std::string& path);

// Adds the spool's events and records to `trace` and says how the process ended. A spool that
// belongs to another process is ignored.
void MergeSpool(SpoolFile spool, Trace* trace);

}  // namespace allocprof::trace
