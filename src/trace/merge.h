// SPDX-License-Identifier: Apache-2.0
//
// Many traces in one file, which reads as all of them read together: each process's header, then
// its records as they are. What only a leftover spool holds is written out, so that the file stands
// alone.
#pragma once

#include <ostream>

#include "base/status.h"
#include "trace/trace.h"

namespace allocprof::trace {

// Fails when `out` does.
Status WriteMerged(const Trace& trace, std::ostream& out);

}  // namespace allocprof::trace
