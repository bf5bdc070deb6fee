// SPDX-License-Identifier: Apache-2.0
#include "symbols/inline_frames.h"

#include <dwarf.h>

#include <optional>

#include "symbols/die_walk.h"

namespace allocprof::symbols {

InlineFrames::InlineFrames(Dwarf_Die function, const SplitRanges* split) {
  Walk(function, split, kNone, 0);
  ranges_.Seal();
}

void InlineFrames::Walk(Dwarf_Die parent_die, const SplitRanges* split, uint32_t parent,
                        int depth) {
  if (depth > kMaxDieDepth) return;
  ForEachChild(parent_die, [&](Dwarf_Die die) {
    switch (dwarf_tag(&die)) {
      case DW_TAG_inlined_subroutine: {
        const uint32_t index = static_cast<uint32_t>(nodes_.size());
        nodes_.push_back({die, parent});
        // A callee is added after its caller and so wins where both cover the same range.
        ForEachRange(die, split,
                     [&](uint64_t begin, uint64_t end) { ranges_.Add(begin, end, index); });
        Walk(die, split, index, depth + 1);
        break;
      }
      case DW_TAG_lexical_block:
      case DW_TAG_try_block:
      case DW_TAG_catch_block:
      case DW_TAG_with_stmt:
        Walk(die, split, parent, depth + 1);
        break;
      default:
        break;
    }
  });
}

std::vector<Dwarf_Die> InlineFrames::At(uint64_t address) const {
  std::vector<Dwarf_Die> chain;
  const std::optional<uint32_t> innermost = ranges_.Find(address);
  for (uint32_t at = innermost.value_or(kNone); at != kNone; at = nodes_[at].parent) {
    chain.push_back(nodes_[at].die);
  }
  return chain;
}

}  // namespace allocprof::symbols
