// SPDX-License-Identifier: Apache-2.0
//
// libunwind as the oracle (ALLOCPROF_UNWIND=verify: every stack is walked twice and compared) and
// as the unwinder (=libunwind). Loaded only in these modes, RTLD_LOCAL: in the global scope its
// _Unwind_* symbols would capture the program's exceptions. Not for daily use: in a hook it can
// deadlock against a thread in dlclose.
#pragma once

#include "stack_walk.h"

namespace allocprof {

extern bool libunwind_walks;     // ALLOCPROF_UNWIND=libunwind
extern bool libunwind_verifies;  // ALLOCPROF_UNWIND=verify

// Reads ALLOCPROF_UNWIND. Called while the recorder starts.
void LoadLibunwind();

// Fills `walk` by libunwind's walk. REQUIRES: libunwind_walks.
void WalkWithLibunwind(const Site& site, StackBounds* bounds, Walk* walk);

// Whether libunwind finds the same frames. REQUIRES: libunwind_verifies.
bool LibunwindAgrees(const Site& site, const Walk& walk);

}  // namespace allocprof
