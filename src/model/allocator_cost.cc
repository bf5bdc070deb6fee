// SPDX-License-Identifier: Apache-2.0
#include "model/allocator_cost.h"

#include <bit>

namespace allocprof::model {

size_t AllocatorCost::ClassOf(uint64_t size) {
  return size <= 1 ? 0 : static_cast<size_t>(std::bit_width(size - 1));
}

size_t AllocatorCost::RoundingOf(uint64_t size) {
  if (size < kExactSizes) return static_cast<size_t>(size);
  const auto exponent = static_cast<unsigned>(std::bit_width(size)) - 1;
  return kExactSizes + size_t{exponent} * 16 + static_cast<size_t>(size >> (exponent - 4) & 15);
}

void AllocatorCost::Touch(Live* live) {
  if (live->epoch == epoch_) return;
  live->at_peak = live->blocks;
  live->epoch = epoch_;
}

AllocatorCost::Call AllocatorCost::CallOf(wire::Entry entry) {
  switch (entry) {
    case wire::Entry::kFree:
      return kFree;
    case wire::Entry::kRealloc:
    case wire::Entry::kReallocarray:
      return kReallocate;
    default:
      return kAllocate;
  }
}

void AllocatorCost::OnBirth(const Block& block, const Moment& /*at*/,
                            const Block* /*reallocated_from*/) {
  classes_[CallOf(block.entry)][ClassOf(block.size)].calls++;
  Live& live = live_[RoundingOf(block.size)];
  Touch(&live);
  live.blocks++;
  live_bytes_ += block.size;
  if (live_bytes_ > peak_bytes_) {
    peak_bytes_ = live_bytes_;
    epoch_++;
  }
}

void AllocatorCost::OnDeath(const Block& block, const Moment& /*at*/, const Death& death) {
  if (death.cause == DeathCause::kFree) classes_[kFree][ClassOf(block.size)].calls++;
  Drop(block);
}

void AllocatorCost::Drop(const Block& block) {
  Live& live = live_[RoundingOf(block.size)];
  Touch(&live);
  live.blocks--;
  live_bytes_ -= block.size;
}

void AllocatorCost::OnProcessEnd(uint32_t /*process*/, uint64_t /*stamp*/,
                                 const std::vector<Block>& left) {
  for (const Block& block : left) {
    if (!block.old) Drop(block);
  }
}

void AllocatorCost::OnCost(const Block& block, const Moment& /*at*/, wire::Entry entry,
                           const Cost& cost) {
  classes_[CallOf(entry)][ClassOf(block.size)].cost.Add(cost.stamps);
  if (cost.usable < block.size) return;
  Live& live = live_[RoundingOf(block.size)];
  live.sized++;
  live.slack += cost.usable - block.size;
  sized_blocks_++;
}

void AllocatorCost::Finish(const ReplayEnd& /*end*/, const std::vector<Block>& /*live*/,
                           Profile* /*profile*/) {
  for (Live& live : live_) {
    if (live.sized == 0) continue;
    const double each = static_cast<double>(live.slack) / static_cast<double>(live.sized);
    const uint64_t at_peak = live.epoch == epoch_ ? live.at_peak : live.blocks;
    slack_at_peak_ += each * static_cast<double>(at_peak);
    slack_at_end_ += each * static_cast<double>(live.blocks);
  }
}

}  // namespace allocprof::model
