// SPDX-License-Identifier: Apache-2.0
//
// Whole stacks by (pc, sp) of the hook's caller: a program that alternates between a few call sites
// at the same depth finds each of them here, where the shadow stack holds only the last.
//
// An entry is the id of a stack, where all the words lie that its unwind read, and one 64-bit sum
// of them, each multiplied by an odd constant of its place: one changed word always changes the
// sum, several do but for one time in 2^64. The sum is made anew at each look; a hit leaves the
// shadow as it is. Cost of a hit at depth 17: 8 ns. A thread whose hit rate is low (compilers) pays
// 10 ns for keeping entries in vain, and so stops for a while.
#pragma once

#include <stdint.h>

#include "shadow_stack.h"

namespace allocprof {

inline constexpr uint32_t kMemoSets = 256;
inline constexpr uint32_t kMemoWays = 2;
inline constexpr uint32_t kMemoWords = 64;

struct MemoEntry {
  uintptr_t pc, sp, bp;
  uint64_t seed;  // of the generation that it was made in
  uint64_t sum;
  uint64_t hash;   // of the path
  uint32_t id;     // 0 = empty
  uint16_t words;  // a multiple of four; places behind the last repeat it
  bool need_bp;
  uint16_t place[kMemoWords];  // word i lies at sp + 8 * place[i]
};

struct Memo {
  uint32_t tries, hits;  // of the current window
  uint32_t pause;        // events until it is tried again
  MemoEntry entries[kMemoSets * kMemoWays];

  // The id of the stack at `site` and its path hash, or 0.
  uint32_t Find(const Site& site, uint64_t seed, uint64_t* hash);
  // Keeps the stack that the shadow holds for `site`.
  void Keep(const Site& site, const ShadowStack& shadow, uint32_t id);
  void Clear();
};

}  // namespace allocprof
