// SPDX-License-Identifier: Apache-2.0
//
// From a hook's call site to a stack id of the thread's own numbering. This is the seam between
// recording and unwinding: whoever captures faster replaces capture.cc and stack_walk.cc, and
// nothing else.
//
// A stack is the chain of its pcs; its identity a 64-bit path hash from the outermost frame
// inwards. Paths that this thread has not defined lately are defined in its stream, outermost
// first; the reader interns, so a second definition of one path is legal.
#pragma once

#include <stdint.h>

#include "stack_walk.h"

namespace allocprof {

struct Thread;

// REQUIRES: inside the guard. The definitions are written before the id is used.
uint32_t CaptureStack(Thread* t, const Site& site);

// The same for frames walked earlier, innermost first. `depth` is that of the innermost, in bytes;
// 0 when unknown.
uint32_t InternFrames(Thread* t, const Frame* frames, uint32_t count, bool cut, uint64_t depth);

}  // namespace allocprof
