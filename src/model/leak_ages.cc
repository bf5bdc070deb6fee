// SPDX-License-Identifier: Apache-2.0
#include "model/leak_ages.h"

#include <algorithm>
#include <map>

namespace allocprof::model {
namespace {

// A leak that grows was seen in at least so many slices, and still in the last quarter.
constexpr size_t kGrowingSlices = SiteLeak::kSlices / 2;
constexpr size_t kOnceSlices = 1;

}  // namespace

LeakKind SiteLeak::Kind() const {
  if (blocks == 0) return LeakKind::kNone;
  const auto used = static_cast<size_t>(
      std::count_if(born_in.begin(), born_in.end(), [](uint32_t n) { return n != 0; }));
  const bool late =
      std::any_of(born_in.end() - kSlices / 4, born_in.end(), [](uint32_t n) { return n != 0; });
  if (used >= kGrowingSlices && late) return LeakKind::kGrowing;
  return used <= kOnceSlices ? LeakKind::kOnce : LeakKind::kOther;
}

void SiteLeak::Add(const SiteLeak& other) {
  if (other.blocks == 0) return;
  first_born = blocks == 0 ? other.first_born : std::min(first_born, other.first_born);
  size_min = blocks == 0 ? other.size_min : std::min(size_min, other.size_min);
  size_max = std::max(size_max, other.size_max);
  last_born = std::max(last_born, other.last_born);
  blocks += other.blocks;
  bytes += other.bytes;
  for (size_t i = 0; i < kSlices; i++) born_in[i] += other.born_in[i];
}

LeakAges::LeakAges(const ReplayContext&) {}

void LeakAges::OnBirth(const Block& block, const Moment& /*at*/,
                       const Block* /*reallocated_from*/) {
  if (first_ == 0) first_ = block.born;
}

const SiteLeak* LeakAges::Of(uint32_t site) const {
  const auto row = std::lower_bound(rows_.begin(), rows_.end(), site,
                                    [](const Row& r, uint32_t wanted) { return r.site < wanted; });
  return row != rows_.end() && row->site == site ? &row->leak : nullptr;
}

void LeakAges::Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* /*profile*/) {
  const uint64_t length = end.stamp > first_ ? end.stamp - first_ : 0;
  const uint64_t slice = length / SiteLeak::kSlices + 1;
  std::map<uint32_t, SiteLeak> by_site;
  for (const Block& block : live) {
    if (block.old) continue;
    SiteLeak& leak = by_site[block.site];
    leak.first_born = leak.blocks == 0 ? block.born : std::min(leak.first_born, block.born);
    leak.last_born = std::max(leak.last_born, block.born);
    leak.size_min = leak.blocks == 0 ? block.size : std::min(leak.size_min, block.size);
    leak.size_max = std::max(leak.size_max, block.size);
    leak.blocks++;
    leak.bytes += block.size;
    const uint64_t at = block.born > first_ ? (block.born - first_) / slice : 0;
    leak.born_in[std::min<uint64_t>(at, SiteLeak::kSlices - 1)]++;
  }
  for (const auto& [site, leak] : by_site) rows_.push_back({site, leak});
}

}  // namespace allocprof::model
