// SPDX-License-Identifier: Apache-2.0
//
// A tower of calls through every kind of frame that compilers and libc make: fixed, with alloca,
// variable arrays, realigned for AVX, callbacks out of qsort and bsearch, signal handlers, other
// threads. On its top `visit` is called.
#pragma once

#include <functional>

namespace allocprof {

// Calls `visit` on the top of a tower of `height` frames whose kinds `seed` chooses.
void ClimbAndVisit(unsigned seed, int height, const std::function<void()>& visit);

// The same, in a new thread, whose outermost frame is libc's.
void ClimbInThread(unsigned seed, int height, const std::function<void()>& visit);

// Calls `visit` in a handler that interrupts code in the middle of a function.
void VisitInHandler(const std::function<void()>& visit);

}  // namespace allocprof
