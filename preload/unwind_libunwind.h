// SPDX-License-Identifier: Apache-2.0
//
// libunwind as the oracle (ALLOCPROF_UNWIND=verify: every stack is walked twice and compared) and
// as the unwinder (=libunwind). Loaded only in these modes, and its remote flavour, which has no
// _Unwind_* symbols to capture the program's exceptions with. It sees the process through our
// accessors, as a debugger would: modules come from _dl_find_object. The local flavour calls
// dl_iterate_phdr under its own lock and deadlocks with a thread that allocates inside dlopen.
// Cost: 2 us a frame on first sight, 0.2 us from its cache.
#pragma once

#include "stack_walk.h"

namespace allocprof {

extern bool libunwind_walks;     // ALLOCPROF_UNWIND=libunwind
extern bool libunwind_verifies;  // ALLOCPROF_UNWIND=verify

// Reads ALLOCPROF_UNWIND. Called while the recorder starts.
void LoadLibunwind();

// Fills `walk` by libunwind's walk. REQUIRES: libunwind_walks.
void WalkWithLibunwind(const Site& site, StackBounds* bounds, Walk* walk);

// How far libunwind is a witness: to the innermost frame that was guessed, for want of unwind
// tables. From there outwards it guesses as well, by rules of its own. All of walk.count where none
// was.
uint32_t FramesByTables(const Walk& walk);

// Whether libunwind finds the same frames, as far as it is a witness. REQUIRES: libunwind_verifies.
bool LibunwindAgrees(const Site& site, const StackBounds& bounds, const Walk& walk);

}  // namespace allocprof
