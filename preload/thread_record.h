// SPDX-License-Identifier: Apache-2.0
//
// A thread's record: its names, its stack, and how much of that stack it ever touched.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace allocprof {

struct Thread;

// Measures the resident high water of the thread's stack: from its base down to the lowest page
// that is there. glibc gives a dead thread's pages back before it reuses its stack, all but the
// first 16 KiB or so; a stack that the program laid into a larger mapping of its own counts as far
// as that mapping is in use. Cost: 2 us for each 4 MiB of stack.
// REQUIRES: the thread is at its end, or cannot end meanwhile without harm (nothing is read).
void MeasureStack(Thread* t);

// `final`: by the one thread that closes the trace.
void WriteThreadRecord(Thread* t, char* buffer, size_t room, bool final);

}  // namespace allocprof
