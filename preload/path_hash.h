// SPDX-License-Identifier: Apache-2.0
//
// The identity of a call stack: a 64-bit hash from the outermost frame inwards. With a million
// stacks the odds of one collision are 3e-8.
// Cost: one multiplication a frame, chained: 4 cycles.
#pragma once

#include <stdint.h>

#include "wire/format.h"

namespace allocprof {

inline constexpr uint64_t kPathSeed = 0x2545f4914f6cdd1d;
// A stack whose outer end is not known differs from one that ends where it ends.
inline constexpr uint64_t kCutPathSeed = 0x6a09e667f3bcc909;

// An exact pc and an equal return address are different frames. So are two of a function whose
// frame varies in size (alloca, a realigned one) and has different sizes: thus a path has one
// depth, and each of its frames one CFA, wherever in a thread it is met.
inline uint64_t MixPath(uint64_t hash, uint64_t pc, uint32_t bytes, uint32_t flags) {
  const uint64_t exact = (flags & wire::kNodeExactPc) != 0 ? uint64_t{1} << 60 : 0;
  const uint64_t varying = (flags & wire::kNodeVariable) != 0 ? uint64_t{bytes} << 32 : 0;
  hash = (hash ^ pc ^ exact ^ varying) * 0x9fb21c651e98df25u;
  return hash ^ hash >> 29;
}

inline uint64_t PathSeed(uint64_t module_generation, bool cut) {
  return kPathSeed ^ module_generation * 0x9e3779b97f4a7c15u ^ (cut ? kCutPathSeed : 0);
}

}  // namespace allocprof
