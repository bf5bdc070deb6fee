// SPDX-License-Identifier: Apache-2.0
//
// The five figures by which lists of a report are made and sorted, summed over sites.
#pragma once

#include <cstdint>
#include <string>

#include "model/profile.h"

namespace allocprof::analysis {

struct Heap {
  uint64_t allocations = 0, bytes = 0, peak = 0, leaked = 0, temporary = 0;

  // `leaks`: what the site leaves live is leaked, not a runtime's and not suppressed.
  void Add(const model::Site& s, bool leaks) {
    allocations += s.allocations;
    bytes += s.allocated_bytes;
    peak += s.peak_bytes;
    leaked += leaks ? s.leaked_bytes : 0;
    temporary += s.temporary;
  }

  Heap& operator+=(const Heap& other) {
    allocations += other.allocations;
    bytes += other.bytes;
    peak += other.peak;
    leaked += other.leaked;
    temporary += other.temporary;
    return *this;
  }

  bool operator==(const Heap&) const = default;
};

// REQUIRES: key is one of SortKeys().
inline uint64_t Heap::*FigureOf(const std::string& key) {
  if (key == "allocated_bytes") return &Heap::bytes;
  if (key == "peak_bytes") return &Heap::peak;
  if (key == "leaked_bytes") return &Heap::leaked;
  if (key == "temporary_allocations") return &Heap::temporary;
  return &Heap::allocations;
}

}  // namespace allocprof::analysis
