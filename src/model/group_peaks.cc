// SPDX-License-Identifier: Apache-2.0
#include "model/group_peaks.h"

#include <algorithm>

namespace allocprof::model {

void GroupPeaks::CloseDownTo(size_t depth) {
  while (path_.size() > depth) {
    const Level inner = path_.back();
    path_.pop_back();
    Group& g = groups_[inner.group];
    g.peak = std::max(g.peak, g.live + inner.highest);
    g.live += inner.change;
    if (path_.empty()) return;
    Level& outer = path_.back();
    outer.highest = std::max(outer.highest, outer.change + inner.highest);
    outer.change += inner.change;
  }
}

void GroupPeaks::Change(uint32_t site, int64_t bytes) {
  const std::vector<uint32_t>& groups = groups_of_site_[site];
  size_t same = 0;
  while (same < groups.size() && same < path_.size() && path_[same].group == groups[same]) same++;
  CloseDownTo(same);
  for (size_t i = same; i < groups.size(); i++) path_.push_back({groups[i]});
  if (path_.empty()) return;
  Level& innermost = path_.back();
  innermost.change += bytes;
  innermost.highest = std::max(innermost.highest, innermost.change);
}

void GroupPeaks::Start(const std::vector<Block>& live) {
  for (const Block& block : live) {
    for (const uint32_t group : groups_of_site_[block.site]) {
      groups_[group].live += static_cast<int64_t>(block.size);
    }
  }
  for (Group& g : groups_) g.peak = g.live;
}

void GroupPeaks::OnBirth(const Block& block, const Moment& /*at*/,
                         const Block* /*reallocated_from*/) {
  Change(block.site, static_cast<int64_t>(block.size));
}

void GroupPeaks::OnDeath(const Block& block, const Moment& /*at*/, const Death& /*death*/) {
  Change(block.site, -static_cast<int64_t>(block.size));
}

void GroupPeaks::OnProcessEnd(uint32_t /*process*/, uint64_t /*stamp*/,
                              const std::vector<Block>& left) {
  for (const Block& block : left) Change(block.site, -static_cast<int64_t>(block.size));
}

void GroupPeaks::Finish(const ReplayEnd& /*end*/, const std::vector<Block>& /*live*/,
                        Profile* /*profile*/) {
  CloseDownTo(0);
}

std::vector<uint64_t> GroupPeaks::peaks() const {
  std::vector<uint64_t> peaks;
  for (const Group& g : groups_) peaks.push_back(static_cast<uint64_t>(g.peak));
  return peaks;
}

}  // namespace allocprof::model
