// SPDX-License-Identifier: Apache-2.0
//
// Buffers that grow: chains of blocks, each the larger copy of the one before.
//
// A step is a realloc of a block to a larger one, or its like by hand (std::vector, std::string):
// a site allocates at least 1.5 times as much as its block before, which the same thread then frees
// before the site allocates again or anything else of the site dies; or exactly twice as much as
// any block of its own that is then freed so, where several buffers grow in turn. Two buffers of
// one function that happen to be so are taken for a step: one step proves little, a chain of many
// does. A chain belongs to the site of its last block. Memory: 32 bytes a live block, 40 a site.
#pragma once

#include <vector>

#include "base/huge_pages.h"
#include "model/block_observer.h"
#include "model/histogram.h"

namespace allocprof::model {

struct SiteGrowth {
  uint64_t chains = 0;        // that had at least one step
  uint64_t steps = 0;         // in all of them
  uint64_t steps_max = 0;     // in one
  uint64_t copied_bytes = 0;  // what the steps copied at most: the sizes before them
  uint64_t moved = 0;         // steps that changed the address
  Histogram start_sizes;      // of the chains, bytes
  Histogram final_sizes;      // the largest of each chain, bytes

  void Add(const SiteGrowth& other);
};

class Growth final : public BlockObserver<Growth> {
 public:
  explicit Growth(const ReplayContext& context) : node_of_site_(context.node_of_site) {}

  void WillSee(const BlockEvent& event) const {
    __builtin_prefetch(chains_.data() + event.block.slot);
  }
  void OnBirth(const Block& block, const Moment& at, const Block* reallocated_from);
  void OnDeath(const Block& block, const Moment& at, const Death& death);
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

  // By index into Profile::sites.
  const std::vector<SiteGrowth>& sites() const { return sites_; }

 private:
  struct Chain {
    uint64_t start = 0;    // size of its first block
    uint64_t largest = 0;  // so far
    uint64_t copied = 0;
    uint32_t steps = 0;
    uint32_t moved = 0;
  };
  // The block that a site gave last, as long as it lives.
  struct Latest {
    uint32_t slot = kNoSlot;
    uint32_t thread = 0;
    uint64_t size = 0;
    uint64_t number = 0;
    uint64_t before = 0;  // number of the site's block before it
    bool open = false;    // none of the site's blocks has died since
  };

  Chain& ChainOf(uint32_t slot);
  Latest& LatestOf(uint32_t site);
  void Close(const Block& last, const Chain& chain);

  const std::vector<uint32_t>& node_of_site_;
  HugeVector<Chain> chains_;    // by slot
  std::vector<Latest> latest_;  // by site
  std::vector<SiteGrowth> sites_;
};

}  // namespace allocprof::model
