// SPDX-License-Identifier: Apache-2.0
//
// The conservation laws that hold even for sizes that no computer has (sums are modulo 2^64). The
// whole set, for traces that make sense, is in tests/support/consistency.h.
#pragma once

#include "model/profile.h"

namespace allocprof::fuzz {

inline void CheckLaws(const model::Profile& p) {
  const model::Totals& t = p.totals;
  if (t.allocations - (t.frees - t.unknown_frees) - t.reallocations - t.lost_frees !=
      t.leaked_blocks) {
    __builtin_trap();
  }
  uint64_t allocations = 0, bytes = 0, leaked = 0, peak = 0, by_threads = 0;
  for (const model::Site& s : p.sites) {
    allocations += s.allocations;
    bytes += s.allocated_bytes;
    leaked += s.leaked_bytes;
    peak += s.peak_bytes;
  }
  for (const model::ThreadTotals& thread : p.threads) by_threads += thread.allocations;
  if (allocations != t.allocations || bytes != t.allocated_bytes || leaked != t.leaked_bytes ||
      peak != t.peak_bytes || by_threads != t.allocations) {
    __builtin_trap();
  }
}

}  // namespace allocprof::fuzz
