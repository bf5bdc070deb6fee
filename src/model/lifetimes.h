// SPDX-License-Identifier: Apache-2.0
//
// How long the blocks of each site lived and how large they were.
//
// A lifetime runs from birth to free, in stamp units and as the number of the process's allocations
// in between. A realloc ends a block and begins another, as everywhere. Blocks that are live at the
// end have no lifetime yet and are counted apart; a block whose free is missing has none.
#pragma once

#include <vector>

#include "model/block_observer.h"
#include "model/histogram.h"

namespace allocprof::model {

struct SiteShape {
  Histogram sizes;      // bytes requested, of every allocation
  Histogram lifetimes;  // stamp units, of blocks that died
  Histogram lifetimes_in_allocations;
  uint64_t size_max = 0;
  uint64_t lifetime_max = 0;  // stamp units
  uint64_t survivors = 0;     // live at the end

  void Add(const SiteShape& other);
};

class Lifetimes final : public BlockObserver<Lifetimes> {
 public:
  explicit Lifetimes(const ReplayContext& context) : node_of_site_(context.node_of_site) {}

  void WillSee(const BlockEvent& event) const {
    const char* const shape = reinterpret_cast<const char*>(sites_.data() + event.block.site);
    __builtin_prefetch(shape);
    __builtin_prefetch(shape + 64);
  }
  void OnBirth(const Block& block, const Moment& at, const Block* reallocated_from);
  void OnDeath(const Block& block, const Moment& at, const Death& death);
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

  // By index into Profile::sites.
  const std::vector<SiteShape>& sites() const { return sites_; }

 private:
  SiteShape& Of(uint32_t site);

  const std::vector<uint32_t>& node_of_site_;
  std::vector<SiteShape> sites_;
};

}  // namespace allocprof::model
