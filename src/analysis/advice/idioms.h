// SPDX-License-Identifier: Apache-2.0
//
// What the frames between a call site and malloc say of the source: that a block is a
// std::string's, a cloned Vec's, a Box. One table. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/frames.h"

namespace allocprof::analysis {

struct Idiom {
  const char* key;
  const char* noun;  // "a std::vector that grows"
  // What to do where the block never leaves the function; null: as with any block.
  const char* remedy = nullptr;
  // The remedy takes the block's bytes onto the frame.
  bool on_frame = false;
  // Of something that is there already.
  bool copies = false;
};

// The idiom of the frames further in than the call site `function`, or null. The outermost frame
// that a row knows decides: what the program itself wrote down.
const Idiom* IdiomOf(const model::Profile& profile, const Frames& frames, uint32_t node,
                     uint32_t function);

}  // namespace allocprof::analysis
