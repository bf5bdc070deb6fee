// SPDX-License-Identifier: Apache-2.0
//
// Where the trace goes: placeholders, the names of children, and what may be replaced.
// Both functions also create the spool, which is the lock on the trace's name, set
// process->trace_path and spool_path, and return the trace's descriptor or, having said why, -1.
// Nothing but a regular file of a finished run is ever replaced.
#pragma once

namespace allocprof {

// ALLOCPROF_OUTPUT, default trace.json, made absolute; %p pid, %e program, %h host. If another
// process is writing that trace, the pid goes into the name.
int CreateRootTrace();

// trace.<pid>.json beside the root's trace.json; a second one of the same pid, trace.<pid>.2.json.
int CreateChildTrace();

}  // namespace allocprof
