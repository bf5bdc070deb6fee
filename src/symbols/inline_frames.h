// SPDX-License-Identifier: Apache-2.0
//
// InlineFrames: what a function's code at an address was inlined from.
//
// Owns: the tree of DW_TAG_inlined_subroutine entries of one function, flattened for lookup.
// Source: DWARF 5 section 3.3.8.2.
// Cost: one walk over the function's DIEs when made, a binary search for each address.
// Thread-safety: const after construction; libdw itself is not.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <vector>

#include "symbols/range_map.h"
#include "symbols/split_ranges.h"

namespace allocprof::symbols {

class InlineFrames {
 public:
  // `split` as ForEachRange has it; used during construction alone.
  InlineFrames(Dwarf_Die function, const SplitRanges* split);

  // The inlined_subroutine DIEs at `address`, innermost first; empty when the code is the
  // function's own.
  std::vector<Dwarf_Die> At(uint64_t address) const;

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Node {
    Dwarf_Die die;
    uint32_t parent;  // index into nodes_, or kNone
  };

  void Walk(Dwarf_Die parent_die, const SplitRanges* split, uint32_t parent, int depth);

  std::vector<Node> nodes_;
  RangeMap ranges_;  // values are indexes into nodes_
};

}  // namespace allocprof::symbols
