// SPDX-License-Identifier: Apache-2.0
//
// Recording switched off and on while the program runs: ALLOCPROF_START=off, and the word that
// `allocprof start` and `stop` write into the spool (wire::Control).
//
// While it is off an allocation passes unrecorded, and is counted; a free or the death half of a
// realloc is still recorded, without a stack, so that what is known to be alive stays true. Before
// it has ever been on there is nothing to die: then all passes, and no thread is set up.
// No signal handler: a thread that records looks at the word once in 256 events (in Sample), one
// that does not at every call. Cost while it is off: 8 ns a call;
// 28 ns a free once it has been on.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "process.h"
#include "thread.h"

namespace allocprof {

// What the word says. REQUIRES: recording or starting to.
inline bool IsOff() {
  return __atomic_load_n(&process->spool->control, __ATOMIC_RELAXED) ==
         static_cast<uint32_t>(wire::Control::kOff);
}

// Sets the word as ALLOCPROF_START says, and marks the trace. REQUIRES: the trace is open.
void BeginAsOption();

// True while the process records and has never been switched on.
bool NeverOn();

// The thread is off from its next event on. REQUIRES: inside the guard.
void SwitchOff(Thread* t);
void SwitchOn(Thread* t);

// An allocation passed: of the calling thread, which may have no Thread yet.
void Pass(size_t size);

// A block that may be known died at `stamp`.
void DiedWhileOff(uintptr_t address, uint64_t stamp, wire::Entry entry);

// Takes the guard, off or not. False: in a hook already, or the trace has ended.
bool EnterEvenIfOff(Thread* t, uintptr_t sp);

// Adds what passed to the spool's count. REQUIRES: by the owner, or when it is at rest; nullptr for
// the calling thread if it has no Thread.
void CountPassed(Thread* t);

}  // namespace allocprof
