// SPDX-License-Identifier: Apache-2.0
//
// RangeMap: which of many nested address ranges is the innermost at an address.
//
// Owns: the flattening of overlapping ranges into disjoint ones, so that a lookup is one binary
// search. Build: O(n log n) whatever the overlaps. Addresses are ELF virtual addresses.
// Thread-safety: none while adding; const calls after Seal() may run in parallel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace allocprof::symbols {

class RangeMap {
 public:
  // [begin, end) carries `value`. Where ranges overlap, the one that begins last wins; of those
  // that begin together the higher rank, then the shorter, then the one added last. Empty or
  // backward ranges are dropped.
  void Add(uint64_t begin, uint64_t end, uint32_t value, uint32_t rank = 0);

  // Call once, after the last Add and before the first Find.
  void Seal();

  std::optional<uint32_t> Find(uint64_t address) const;
  bool empty() const { return ranges_.empty(); }

 private:
  struct Range {
    uint64_t begin;
    uint64_t end;
    uint32_t value;
    uint32_t rank;
  };

  std::vector<Range> ranges_;  // as added; disjoint and sorted once sealed
};

}  // namespace allocprof::symbols
