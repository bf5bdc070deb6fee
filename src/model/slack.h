// SPDX-License-Identifier: Apache-2.0
//
// What the allocator gives beyond what was asked for, by glibc's rule: a block has 8 bytes of
// header, is a multiple of 16, and at least 32 (so malloc(1) can use 24 bytes); from 128 KiB on it
// is whole pages. The threshold of the latter moves in a running glibc; other allocators have size
// classes of their own. Sampled calls tell what a block really has, see Cost.
#pragma once

#include <vector>

#include "model/block_observer.h"

namespace allocprof::model {

// Usable bytes of a block of `size`, headers not counted.
constexpr uint64_t GlibcUsable(uint64_t size) {
  constexpr uint64_t kHeader = 8, kStep = 16, kLeast = 24, kMapped = 128 * 1024, kPage = 4096;
  if (size > UINT64_MAX / 2) return size;
  if (size < kLeast) return kLeast;
  if (size >= kMapped) return (size + 2 * kHeader + kPage - 1) / kPage * kPage - 2 * kHeader;
  return (size + kHeader + kStep - 1) / kStep * kStep - kHeader;
}

struct SiteSlack {
  uint64_t bytes = 0;          // over all allocations
  uint64_t sampled = 0;        // births of which the real usable size is known
  uint64_t sampled_bytes = 0;  // their real slack
};

class Slack final : public BlockObserver<Slack> {
 public:
  explicit Slack(const ReplayContext& context) : node_of_site_(context.node_of_site) {}

  void OnBirth(const Block& block, const Moment&, const Block*) {
    Of(block.site).bytes += GlibcUsable(block.size) - block.size;
  }
  void OnCost(const Block& block, const Moment&, wire::Entry entry, const Cost& cost) {
    if (entry == wire::Entry::kFree || cost.usable < block.size) return;
    SiteSlack& s = Of(block.site);
    s.sampled++;
    s.sampled_bytes += cost.usable - block.size;
  }
  void Finish(const ReplayEnd&, const std::vector<Block>&, Profile*) override {
    sites_.resize(node_of_site_.size());
  }

  // By index into Profile::sites.
  const std::vector<SiteSlack>& sites() const { return sites_; }

 private:
  SiteSlack& Of(uint32_t site) {
    if (site >= sites_.size()) sites_.resize(node_of_site_.size());
    return sites_[site];
  }

  const std::vector<uint32_t>& node_of_site_;
  std::vector<SiteSlack> sites_;
};

}  // namespace allocprof::model
