// SPDX-License-Identifier: Apache-2.0
//
// libunwind as the oracle (ALLOCPROF_UNWIND=verify: every stack is walked twice and compared) and
// as the unwinder (=libunwind). Loaded only in these modes, RTLD_LOCAL: in the global scope its
// _Unwind_* symbols would capture the program's exceptions. Not for daily use: in a hook it can
// deadlock against a thread in dlclose.
#pragma once

#include "stack_walk.h"

namespace allocprof {

struct Thread;

extern bool libunwind_walks;  // false in the default mode: nothing below is ever called

// Reads ALLOCPROF_UNWIND. Called while the recorder starts.
void LoadLibunwind();

// Fills `walk`: in mode verify with the native walk, after comparing the two.
void WalkWithLibunwind(Thread* t, const Site& site, Walk* walk);

}  // namespace allocprof
