// SPDX-License-Identifier: Apache-2.0
//
// The second half of a replay: gives the events their stacks and sites, and tells the observers.
// Thread-safety: one thread at a time; BatchQueue's where there is one.
#pragma once

#include <cstdint>
#include <vector>

#include "base/huge_pages.h"
#include "model/block_batch.h"
#include "model/region_paths.h"
#include "model/site_table.h"
#include "model/thread_stacks.h"

namespace allocprof::model {

class BlockTeller {
 public:
  BlockTeller(const trace::Trace& trace, StackTree* stacks, SiteSplit split)
      : tree_(*stacks), stacks_(trace, stacks), sites_(split), regions_(trace) {}

  void Observe(Observer* observer) { observers_.push_back(observer); }
  void Tell(BlockBatch* batch);

  void Start(std::vector<Block> live);
  void EndProcess(uint32_t process, uint64_t stamp, std::vector<Block> left);
  void Finish(const ReplayEnd& end, std::vector<Block> live, Profile* profile);

  const StackTree& tree() const { return tree_; }
  const SiteTable& sites() const { return sites_; }
  const RegionPaths& regions() const { return regions_; }
  const std::vector<uint32_t>& thread_numbers() const { return thread_numbers_; }
  // Events whose stack's definition is lost.
  uint64_t undefined_stacks() const { return undefined_stacks_; }

 private:
  void Define(const BlockBatch::Definition& definition);
  void Place(BlockEvent* event);
  uint32_t SiteOf(const StackRef& stack, uint64_t size, uint32_t region, bool defined);
  void Step(BlockEvent* event);
  void PlaceRegion(BlockEvent* event);
  void PlaceAll(std::vector<Block>* live) const;

  StackTree& tree_;
  ThreadStacks stacks_;
  SiteTable sites_;
  RegionPaths regions_;
  HugeVector<uint32_t> site_of_slot_;
  std::vector<uint32_t> region_of_slot_;  // when there are regions
  std::vector<uint32_t> thread_numbers_;
  std::vector<Observer*> observers_;
  uint32_t last_site_ = 0;  // of the event before
  uint64_t undefined_stacks_ = 0;
};

}  // namespace allocprof::model
