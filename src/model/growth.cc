// SPDX-License-Identifier: Apache-2.0
#include "model/growth.h"

#include <algorithm>

namespace allocprof::model {

void SiteGrowth::Add(const SiteGrowth& other) {
  chains += other.chains;
  steps += other.steps;
  steps_max = std::max(steps_max, other.steps_max);
  copied_bytes += other.copied_bytes;
  moved += other.moved;
  start_sizes.Add(other.start_sizes);
  final_sizes.Add(other.final_sizes);
}

Growth::Chain& Growth::ChainOf(uint32_t slot) {
  if (slot >= chains_.size()) chains_.resize(slot + slot / 2 + 64);
  return chains_[slot];
}

Growth::Latest& Growth::LatestOf(uint32_t site) {
  if (site >= latest_.size()) latest_.resize(node_of_site_.size());
  return latest_[site];
}

void Growth::OnBirth(const Block& block, const Moment& /*at*/, const Block* reallocated_from) {
  Chain& chain = ChainOf(block.slot);
  if (reallocated_from == nullptr || reallocated_from->old) {
    chain = Chain{block.size, block.size, 0, 0, 0};
  } else {
    // The slot is the old block's, and so is the chain.
    if (block.size > reallocated_from->size) {
      chain.steps++;
      chain.copied += reallocated_from->size;
      if (reallocated_from->address != block.address) chain.moved++;
    }
    chain.largest = std::max(chain.largest, block.size);
  }
  Latest& latest = LatestOf(block.site);
  latest = {block.slot,   block.thread,  block.size,
            block.number, latest.number, reallocated_from == nullptr};
}

void Growth::OnDeath(const Block& block, const Moment& at, const Death& death) {
  Latest& latest = LatestOf(block.site);
  if (latest.slot == block.slot && latest.number == block.number) latest.slot = kNoSlot;
  if (death.cause == DeathCause::kRealloc) return;
  const Chain& chain = ChainOf(block.slot);
  const bool grows =
      latest.open && death.cause == DeathCause::kFree && latest.slot != kNoSlot &&
      latest.thread == block.thread && block.thread == at.stack.thread &&
      latest.number > block.number && block.size > 0 && latest.size > block.size &&
      (latest.size - block.size == block.size ||
       (latest.before == block.number && latest.size - block.size >= (block.size + 1) / 2));
  latest.open = false;
  if (!grows) {
    Close(block, chain);
    return;
  }
  // The continuation may have been reallocated since: what it grew by itself is kept.
  const Chain before = chain;
  Chain& next = ChainOf(latest.slot);
  next.start = before.start;
  next.largest = std::max(next.largest, before.largest);
  next.copied += before.copied + block.size;
  next.steps += before.steps + 1;
  next.moved += before.moved + 1;
}

void Growth::Close(const Block& last, const Chain& chain) {
  if (chain.steps == 0) return;
  if (last.site >= sites_.size()) sites_.resize(node_of_site_.size());
  SiteGrowth& s = sites_[last.site];
  s.chains++;
  s.steps += chain.steps;
  s.steps_max = std::max<uint64_t>(s.steps_max, chain.steps);
  s.copied_bytes += chain.copied;
  s.moved += chain.moved;
  s.start_sizes.Add(chain.start);
  s.final_sizes.Add(chain.largest);
}

void Growth::Finish(const ReplayEnd& /*end*/, const std::vector<Block>& live,
                    Profile* /*profile*/) {
  for (const Block& block : live) {
    if (!block.old) Close(block, ChainOf(block.slot));
  }
  sites_.resize(node_of_site_.size());
}

}  // namespace allocprof::model
