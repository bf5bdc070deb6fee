// SPDX-License-Identifier: Apache-2.0
//
// Which frames of a stack are, at a thread's next event, still the same activations.
//
// A frame is identified by its CFA (the depth of its caller's stack pointer) and its return address
// (its caller's pc), not by its own pc. Of two stacks of one thread, one event after the other, the
// frames are compared from the outermost inwards. Those with equal place and pc come first; at the
// innermost of them, or the one behind them, something must have moved on:
//
//   both go on, by different calls    that frame moved on from one call site to the other
//   the second goes on, or both end   the innermost equal frame's call came back, and it was made
//                                     again
//   only the first goes on            the function further in jumped to the allocator in a tail
//   call,
//                                     or it returned and the call was made again
//
// The innermost frame that can have done so, by the control flow of its function, proves itself and
// all frames outside it active; where it cannot, its caller must have called again from the same
// site, and so on outwards. What is further in than the proof is a new activation.
//
// Limits, and which way each errs:
// - A path in the code is taken for possible whatever the values: a function that loops over the
// two
//   call sites, returns, and is called again without an event in between looks like one activation.
//   A block passed from one such call to the next is called contained, and is not.
// - A frame whose function has an indirect jump that no table is found for proves nothing; frames
//   outside the outermost such one stay active, the others are new. A block may escape that does
//   not.
// - Without the module's file a frame can only move to a greater pc. A loop is then not seen: a
// block
//   may escape that does not.
// - Of a function called by a tail call, the caller is not on the stack: the blocks it asks for are
//   those of the frame outside.
// - A tail call into another module is taken for one that frees by its name alone.
//
// Thread-safety: none. Answers are kept: memory grows with the locations, and with pairs of them up
// to a limit.
#pragma once

#include <tsl/hopscotch_map.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/huge_pages.h"
#include "model/pair_cache.h"
#include "model/stack_tree.h"
#include "symbols/reachability.h"
#include "trace/trace.h"

namespace allocprof::model {

// A stack: its innermost frame, and the stack of its caller.
struct ActivationStack {
  uint32_t location = 0;  // of StackTree
  uint32_t parent = 0;    // index of a stack that was there before; 0: this frame is the outermost
  uint32_t frames = 0;    // with this one
  uint64_t depth = 0;     // bytes from the stack's base to the frame's sp
};

// By index. [0] is the stack without frames.
using ActivationStacks = HugeVector<ActivationStack>;

class ActivationRule {
 public:
  struct Kept {
    uint32_t frames = 0;     // of both stacks, outermost first, that are the same activations
    bool tail_call = false;  // the next frame of the first stack made the call, as its last act
  };

  // `code` may be null: then every frame is without its module's file.
  ActivationRule(const trace::Trace& trace, const StackTree& stacks, symbols::Reachability* code)
      : trace_(trace), stacks_(stacks), code_(code) {}

  // From the stack of an event to that of the thread's next. Cost: the frames that differ.
  Kept Compare(const ActivationStacks& stacks, uint32_t before, uint32_t after, bool freeing);

 private:
  static constexpr unsigned kPairBits = 16;

  symbols::Reach Reaches(uint32_t from, uint32_t to);
  symbols::Reach ReachesItself(uint32_t location);
  symbols::Reach Ask(uint32_t from, uint32_t to) const;
  symbols::Reach EndsInTailCall(uint32_t from, bool freeing);

  const trace::Trace& trace_;
  const StackTree& stacks_;
  symbols::Reachability* code_;
  std::vector<std::optional<symbols::Reach>> itself_;                   // by location
  PairCache<symbols::Reach> reaches_{kPairBits};                        // from, to
  tsl::hopscotch_map<uint64_t, symbols::Reach, MixedHash> tail_calls_;  // from << 1 | freeing
};

}  // namespace allocprof::model
