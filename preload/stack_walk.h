// SPDX-License-Identifier: Apache-2.0
//
// The plain walk: from a hook's caller to the outermost frame, one rule a frame.
//
// Owns: the bounds of the thread's own stack and of foreign stacks met (sigaltstack, coroutines);
// no word outside the stack that sp lies on is ever read.
// Cost: 4 ns a frame when the rules are in cache.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace allocprof {

// Where a hook was called: the state of the caller just after the call returns.
struct Site {
  uintptr_t pc;
  uintptr_t sp;
  uintptr_t bp;
};

struct Frame {
  uint64_t pc;
  uint32_t bytes;  // caller's CFA minus callee's; 0 for the outermost frame
  uint32_t flags;  // wire::NodeFlag
};

struct StackBounds {
  uintptr_t low;
  uintptr_t high;  // end of the mapping
  uintptr_t base;  // where depth is counted from: below the thread's TLS, argv and environment
  struct {
    uintptr_t low, high;
  } foreign[4];
  uint32_t next_foreign;
};

inline constexpr uint32_t kMaxFrames = 2048;

struct Walk {
  uint32_t count;
  bool cut;                  // the outermost frame is not where the stack ends
  uint64_t depth;            // bytes from the stack's base to the caller's sp; 0 on a foreign stack
  Frame frames[kMaxFrames];  // innermost first
  uint64_t hashes[kMaxFrames];  // path hashes, for CaptureStack
};

// Finds the calling thread's stack. REQUIRES: called on it.
void FindStack(StackBounds* bounds, bool main_thread);

// End of the mapping of the stack that `sp` lies on, or 0 if there is none.
uintptr_t StackEnd(StackBounds* bounds, uintptr_t sp);

// Walks at most 8 * kMaxFrames frames and keeps max_frames: from a deeper stack both ends, with a
// frame whose pc is wire::kCutPc between them.
void WalkStack(const Site& site, StackBounds* bounds, uint32_t max_frames, Walk* walk);

// The same, innermost `max_frames` only, into `frames`: for a handler that interrupted a hook.
// Sets *cut when the stack goes on. Returns the number of frames.
uint32_t WalkInnermost(const Site& site, StackBounds* bounds, uint32_t max_frames, Frame* frames,
                       bool* cut);

}  // namespace allocprof
