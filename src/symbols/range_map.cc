// SPDX-License-Identifier: Apache-2.0
#include "symbols/range_map.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace allocprof::symbols {

void RangeMap::Add(uint64_t begin, uint64_t end, uint32_t value, uint32_t rank) {
  if (begin < end) ranges_.push_back({begin, end, value, rank});
}

void RangeMap::Seal() {
  std::stable_sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) {
    if (a.begin != b.begin) return a.begin < b.begin;
    if (a.rank != b.rank) return a.rank < b.rank;
    return a.end > b.end;
  });

  // A sweep from low to high. The top of `open` is the winner at `at`; what lies beneath it shows
  // again when it ends. Each turn pops a range or moves `at`, hence the linear cost.
  std::vector<Range> flat;
  std::vector<Range> open;
  uint64_t at = 0;
  auto sweep_to = [&](uint64_t limit) {
    while (!open.empty() && at < limit) {
      const Range& top = open.back();
      if (top.end <= at) {
        open.pop_back();
        continue;
      }
      const uint64_t stop = std::min(top.end, limit);
      flat.push_back({at, stop, top.value, 0});
      at = stop;
    }
    at = limit;
  };
  for (const Range& range : ranges_) {
    sweep_to(range.begin);
    open.push_back(range);
  }
  sweep_to(UINT64_MAX);
  ranges_ = std::move(flat);
  ranges_.shrink_to_fit();
}

std::optional<uint32_t> RangeMap::Find(uint64_t address) const {
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                [](uint64_t key, const Range& range) { return key < range.begin; });
  if (after == ranges_.begin()) return std::nullopt;
  const Range& range = *std::prev(after);
  if (address >= range.end) return std::nullopt;
  return range.value;
}

}  // namespace allocprof::symbols
