// SPDX-License-Identifier: Apache-2.0
//
// Regions in which a program says that it does not allocate or free. What happens in them all the
// same is a violation: always in the trace, for the reader finds it there by the region's records,
// and by ALLOCPROF_VIOLATIONS told at once, or the end of the program.
//
// Cost outside such regions: none. In them every hook takes the slow way in: 3 ns.
#pragma once

#include <stdint.h>

#include "thread.h"

namespace allocprof {

// The innermost open no-alloc or permit region of `t` forbids, and the option wants to know at once.
bool IsDenied(const Thread* t);

// A no-alloc region or, with `permit`, one that allows again. REQUIRES, of both: inside the guard.
void EnterDenial(Thread* t, bool permit);
void LeaveDenial(Thread* t);

// A hook of the thread was called from `caller` in such a region: warns, traps or aborts.
void TellViolation(Thread* t, uintptr_t caller);

}  // namespace allocprof
