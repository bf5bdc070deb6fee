// SPDX-License-Identifier: Apache-2.0
#include "model/site_table.h"

#include <algorithm>
#include <bit>

namespace allocprof::model {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

}  // namespace

uint32_t SizeClass(uint64_t size) {
  if (size == 0) return 0;
  return std::max(3u, static_cast<uint32_t>(std::bit_width(size - 1))) - 2;
}

size_t SiteTable::Hash::operator()(const Key& key) const {
  const MixedHash mix;
  return mix(mix(uint64_t{key.node} << 32 | key.part.thread) +
             (uint64_t{key.part.region} << 32 | key.part.size_class));
}

uint32_t SiteTable::Add(uint32_t node, const Part& part) {
  nodes_.push_back(node);
  if (split_.any()) parts_.push_back(part);
  return static_cast<uint32_t>(nodes_.size() - 1);
}

uint32_t SiteTable::Of(uint32_t node, uint32_t thread, uint64_t size, uint32_t region,
                       size_t nodes) {
  // Outside of regions a split by region costs nothing.
  if (split_.thread || split_.size || (split_.region && region != 0)) {
    const Key key{node,
                  {split_.thread ? thread : kAnyThread, split_.size ? SizeClass(size) : 0,
                   split_.region ? region : 0}};
    const auto [at, fresh] = site_of_key_.try_emplace(key, static_cast<uint32_t>(nodes_.size()));
    return fresh ? Add(node, key.part) : at->second;
  }
  if (node >= site_of_node_.size()) site_of_node_.resize(nodes, kNone);
  uint32_t& site = site_of_node_[node];
  if (site == kNone) site = Add(node, {kAnyThread, 0, 0});
  return site;
}

void SiteTable::Mark(std::vector<Site>* sites) const {
  for (size_t i = 0; i < parts_.size() && i < sites->size(); i++) {
    (*sites)[i].thread = parts_[i].thread;
    (*sites)[i].size_class = parts_[i].size_class;
    (*sites)[i].region = parts_[i].region;
  }
}

}  // namespace allocprof::model
