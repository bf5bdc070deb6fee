// SPDX-License-Identifier: Apache-2.0
//
// Who could own a site's blocks: containment told in functions. Plumbing is folded, and what is
// inlined has no frame of its own: a block is contained when it died before the frame of the
// function that asked for it (Frames::CallSite) did.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>

#include "analysis/frames.h"
#include "model/containment.h"
#include "model/profile.h"

namespace allocprof::analysis {

// Every block of the site is in one of these.
struct Owners {
  // By how many frames further out than the asking one the owner is; the last: three and more.
  model::BlockSum up[4];
  model::BlockSum escaped;  // no owner: leaked, freed by another thread, or outlived them all
  model::BlockSum unknown;  // a stack is missing
  uint32_t function = UINT32_MAX;  // the owner of most of its blocks, by Frames::functions()
  uint64_t function_blocks = 0;    // how many
  uint64_t live_max = 0;           // most blocks alive at once

  const model::BlockSum& contained() const { return up[0]; }
  // With another site of the same stack; the function stays that of more blocks.
  void Merge(const Owners& other);
};

// Goes through a stack from its innermost frame outwards and says how many frames further out than
// the asking one each is.
class FrameCounter {
 public:
  struct Place {
    size_t up = 0;          // 0: the asking function's frame, or further in
    uint32_t function = 0;  // the frame's; further in than the asking one: that
  };

  FrameCounter(const Frames& frames, uint32_t asking) : frames_(frames), asking_(asking) {}

  Place Next(uint32_t location);

 private:
  const Frames& frames_;
  const uint32_t asking_;
  size_t up_ = 0;
  bool outside_ = false;  // of the frame of the asking function
};

// False when frees were recorded without their stacks.
bool OwnersKnown(const model::Profile& profile);

Owners OwnersOf(const model::Profile& profile, const Frames& frames, uint32_t site);
// The same with another function of the stack as the one that asked.
Owners OwnersOf(const model::Profile& profile, const Frames& frames, uint32_t site,
                uint32_t asking);

}  // namespace allocprof::analysis
