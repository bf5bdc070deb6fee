// SPDX-License-Identifier: Apache-2.0
#include "model/lifetimes.h"

#include <algorithm>

namespace allocprof::model {

void SiteShape::Add(const SiteShape& other) {
  sizes.Add(other.sizes);
  lifetimes.Add(other.lifetimes);
  lifetimes_in_allocations.Add(other.lifetimes_in_allocations);
  size_max = std::max(size_max, other.size_max);
  lifetime_max = std::max(lifetime_max, other.lifetime_max);
  survivors += other.survivors;
}

SiteShape& Lifetimes::Of(uint32_t site) {
  if (site >= sites_.size()) sites_.resize(node_of_site_.size());
  return sites_[site];
}

void Lifetimes::OnBirth(const Block& block, const Moment& /*at*/,
                        const Block* /*reallocated_from*/) {
  SiteShape& s = Of(block.site);
  s.sizes.Add(block.size);
  s.size_max = std::max(s.size_max, block.size);
}

void Lifetimes::OnDeath(const Block& block, const Moment& at, const Death& death) {
  if (death.cause == DeathCause::kLost) return;
  SiteShape& s = Of(block.site);
  // Stamps of two threads may differ by a little.
  const uint64_t lifetime = at.stamp > block.born ? at.stamp - block.born : 0;
  s.lifetimes.Add(lifetime);
  s.lifetimes_in_allocations.Add(at.allocations - block.number);
  s.lifetime_max = std::max(s.lifetime_max, lifetime);
}

void Lifetimes::Finish(const ReplayEnd& /*end*/, const std::vector<Block>& live,
                       Profile* /*profile*/) {
  sites_.resize(node_of_site_.size());
  for (const Block& block : live) {
    if (!block.old) sites_[block.site].survivors++;
  }
}

}  // namespace allocprof::model
