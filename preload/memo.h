// SPDX-License-Identifier: Apache-2.0
//
// Whole stacks by (pc, sp) of the hook's caller: a program that alternates between a few call sites
// at the same depth finds each of them here, where the shadow stack holds only the last.
//
// An entry is the id of a stack and all the words that its unwind read; it is verified word by word
// like the shadow stack, for the same reason, and a hit leaves the shadow as it is.
// Cost of a hit at depth 17: 8 ns; of keeping a new entry 10 ns, which is why a thread whose hit
// rate is low (compilers: 26 %) stops using it for a while.
#pragma once

#include <stdint.h>

#include "shadow_stack.h"

namespace allocprof {

inline constexpr uint32_t kMemoEntries = 256;
inline constexpr uint32_t kMemoWords = 64;

struct MemoEntry {
  uintptr_t pc, sp, bp;
  uint64_t seed;      // of the generation that it was made in
  uint32_t id;        // 0 = empty
  uint16_t words;
  bool need_bp;
  uintptr_t at[kMemoWords];
  uint64_t word[kMemoWords];
};

struct Memo {
  uint32_t tries, hits;  // of the current window
  uint32_t pause;        // events until it is tried again
  MemoEntry entries[kMemoEntries];

  // The id of the stack at `site`, or 0.
  uint32_t Find(const Site& site, uint64_t seed);
  // Keeps the stack that the shadow holds for `site`.
  void Keep(const Site& site, const ShadowStack& shadow, uint32_t id);
  void Clear();
};

}  // namespace allocprof
