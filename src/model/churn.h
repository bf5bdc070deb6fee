// SPDX-License-Identifier: Apache-2.0
//
// Churn: a site frees its only block and then asks for as much again, in turn, while a frame that
// both were asked for under stays the same activation: a loop that could keep one block.
//
// A turn is such a block after another of its site, by the same thread; it belongs to the innermost
// frame that was active from the birth of the one to the birth of the other. A run is turns of one
// activation without anything else of the site in between. Blocks of a site that are alive at once,
// and threads that take turns at it, make none.
//
// Told of blocks by Containment, which knows the activations. Units: bytes. Cost: nothing while
// a site has other live blocks; else the way from the block's owner to the frame that stayed: most
// often none. Memory: an activation and 48 bytes a site, 40 more a frame that turns belong to.
#pragma once

#include <cstdint>
#include <vector>

#include "model/activation_tree.h"

namespace allocprof::model {

struct Block;

struct Turns {
  uint64_t turns = 0;
  uint64_t bytes = 0;  // allocated by them
  uint64_t runs = 0;
  uint64_t run_max = 0;   // turns of the longest run
  uint64_t size_max = 0;  // of a block

  void Add(const Turns& other);
};

class Churn {
 public:
  using Active = std::vector<uint32_t>;  // a thread's activations, outermost first

  // `born_in`: the block's innermost activation. `only`: the site has no other live block.
  void OnBirth(const Block& block, uint32_t born_in, bool only, const Active& active,
               ActivationTree* tree);
  // `stayed`: the innermost of `born_in` and those outside it that may still be active. `freed`: by
  // free, and by its own thread.
  void OnDeath(const Block& block, uint32_t born_in, uint32_t stayed, bool only, bool freed,
               ActivationTree* tree);
  void Finish();

  // By site, then by the frame's position in the stack of the birth, [0] the innermost; either may
  // be too short.
  const std::vector<std::vector<Turns>>& sites() const { return sites_; }

 private:
  // The block that a site freed last.
  struct Last {
    // What stayed of its birth's activations; held. kNone: there is none to follow.
    uint32_t within = ActivationTree::kNone;
    uint32_t level = 0;  // of its birth
    uint32_t thread = 0;
    uint64_t size = 0;
    uint32_t stayed = ActivationTree::kNone;  // of the run that it is part of; not held
    uint64_t run = 0;                         // turns so far
    bool alone = false;  // no other block of the site was alive beside the one that lives now
  };

  std::vector<Last> last_;  // by site
  std::vector<std::vector<Turns>> sites_;
};

}  // namespace allocprof::model
