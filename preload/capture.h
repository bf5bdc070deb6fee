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

#include "rule_table.h"
#include "thread.h"

namespace allocprof {

// What the memo did not guess right, or was not asked.
uint32_t CaptureUnguessed(Thread* t, const Site& site, bool memo_was_asked);

// REQUIRES: inside the guard. The definitions are written before the id is used.
// Inline, as all of the usual way through a hook is: a malloc below ten frames takes 240
// instructions so, and some 70 more with calls. A guess that is right lies on the thread's own
// stack: entries are made of no other.
[[gnu::always_inline]] inline uint32_t CaptureStack(Thread* t, const Site& site) {
  if (__builtin_expect((t->memo.pause | t->memo.oracle) == 0, 1)) {
    const auto generation =
        static_cast<uint32_t>(module_generation.load(std::memory_order_relaxed));
    const MemoEntry* e = t->memo.FindGuessed(site, generation);
    if (__builtin_expect(e != nullptr, 1)) return e->id;
    return CaptureUnguessed(t, site, true);
  }
  return CaptureUnguessed(t, site, false);
}

// The same for frames walked earlier, innermost first. `depth` is that of the innermost, in bytes;
// 0 when unknown.
uint32_t InternFrames(Thread* t, const Frame* frames, uint32_t count, bool cut, uint64_t depth);

}  // namespace allocprof
