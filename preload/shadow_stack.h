// SPDX-License-Identifier: Apache-2.0
//
// The stack as this thread last saw it, so that an event re-walks only the frames that changed.
//
// Soundness: unwinding is a pure function of (pc, sp, rbp) and of the stack words that it reads.
// For each frame the shadow keeps its state and the words that led from it to its caller: the
// return address; the saved rbp, if a frame further out computes its CFA from it; the word of a
// dereferenced CFA; three words of a signal's context. Where a walk from the hook reaches a state
// that the shadow holds, and all words from there outwards still have their values, walking on
// would give what the shadow holds. A frame popped and pushed again with equal words is the same
// frame.
//
// Owns: frames, words and path hashes of one thread's own stack; foreign stacks are walked plainly.
// Cost, unchanged stack: 0.2 ns a word verified, independent loads; a changed frame of a plain rule
// 75 instructions, in caches some 7 ns.
#pragma once

#include <stdint.h>

#include "cfi.h"
#include "stack_step.h"

namespace allocprof {

struct ShadowFrame {
  uintptr_t pc, sp, bp;
  Rule rule;
  uint32_t words_end;  // words of this frame and all further out
  uint32_t id;         // in the thread's stream, 0 = not known yet
  uint32_t bytes;
  uint8_t flags;  // wire::NodeFlag
  bool exact;
  bool need_bp;  // rbp matters for this frame or one further out
};

inline constexpr uint32_t kShadowFrames = 2048;
inline constexpr uint32_t kShadowWords = 3 * kShadowFrames;

struct ShadowStack {
  uint32_t count;  // frames held, outermost first
  uint64_t seed;   // of the path hashes: they change with the generation of loaded modules
  ShadowFrame frames[kShadowFrames];
  uint64_t hashes[kShadowFrames];
  uintptr_t word_at[kShadowWords + 1];  // one more, which a push may write in vain
  uint64_t word[kShadowWords + 1];
  ShadowFrame walked[kShadowFrames];  // scratch of an update, innermost first

  // The index of the innermost frame held if it is the one at `site` and nothing has changed from
  // there outwards; kShadowFrames if not: then `good` is for Update.
  uint32_t Current(const Site& site, uint64_t seed, uint32_t* good);

  // Brings the shadow up to date with the stack at `site`. False: the walk did not reach the end of
  // the stack by the rules (the shadow is empty then), or the stack is too deep.
  // REQUIRES: site.sp lies on the stack that ends at `high`; `good` is what Current has found.
  bool Update(const Site& site, uintptr_t high, uint32_t good);

 private:
  bool GiveUp();
  uint32_t GoodWords(uint32_t top) const;
  uint32_t InnermostBad(uint32_t top, uint32_t good) const;
  void Push(const ShadowFrame& frame);
  void PushPlain(const ShadowFrame& frame);
};

}  // namespace allocprof
