// SPDX-License-Identifier: Apache-2.0
//
// Numbers the sites: one for each stack that allocates, or one for each stack and thread, size or
// region, where a report asks for them apart. Observers see sites alone, so whatever they count is
// told apart along with them.
//
// Cost: an array look-up an event; a hash table's when split. Thread-safety: one thread.
#pragma once

#include <tsl/hopscotch_map.h>

#include <cstdint>
#include <vector>

#include "model/profile.h"

namespace allocprof::model {

// 0 for 0 bytes, 1 for up to 8, then a class for each power of two: 2 for up to 16, 3 up to 32, …
uint32_t SizeClass(uint64_t size);

class SiteTable {
 public:
  explicit SiteTable(SiteSplit split) : split_(split) {}

  // `nodes`: how many the stack tree has.
  uint32_t Of(uint32_t node, uint32_t thread, uint64_t size, uint32_t region, size_t nodes);

  const std::vector<uint32_t>& nodes() const { return nodes_; }
  // Says of each site which thread, sizes and region it is of. REQUIRES: sites are those of Of.
  void Mark(std::vector<Site>* sites) const;

 private:
  struct Part {
    uint32_t thread;
    uint32_t size_class;
    uint32_t region;
    bool operator==(const Part&) const = default;
  };
  struct Key {
    uint32_t node;
    Part part;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    size_t operator()(const Key& key) const;
  };

  uint32_t Add(uint32_t node, const Part& part);

  SiteSplit split_;
  std::vector<uint32_t> site_of_node_;  // when not split
  tsl::hopscotch_map<Key, uint32_t, Hash> site_of_key_;
  std::vector<uint32_t> nodes_;  // by site
  std::vector<Part> parts_;      // by site; empty when not split
};

}  // namespace allocprof::model
