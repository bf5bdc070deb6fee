// SPDX-License-Identifier: Apache-2.0
//
// Reachability: whether a function that was last seen at one call site can, without returning, be
// seen at another. It is what tells one activation of a function from the next.
//
// An interface: CodeFlow answers from the machine code of the files; a test from a table.
// Units: ELF virtual addresses of the module. Thread-safety: none.
#pragma once

#include <cstdint>

#include "symbols/module.h"

namespace allocprof::symbols {

// Where a frame stands in its function: at a call, by its return address, or (exact) at the very
// instruction that a signal interrupted.
struct CodePoint {
  uint64_t address = 0;
  bool exact = false;
};

// kUnknown: the code can leave for where the tables do not say. Whoever asks takes it as "no"
// wherever a wrong "yes" would do harm.
enum class Reach : uint8_t { kNo, kUnknown, kYes };

class Reachability {
 public:
  virtual ~Reachability() = default;

  // Whether the frame at `from` can come to be at `to`. From a call back to itself: whether the
  // function can make the call again.
  virtual Reach Reaches(const Module& module, CodePoint from, CodePoint to) = 0;

  // Whether the function, from there on, can end in a jump to another function (a tail call); with
  // `freeing`, to one that frees memory.
  virtual Reach EndsInTailCall(const Module& module, CodePoint from, bool freeing) = 0;
};

}  // namespace allocprof::symbols
