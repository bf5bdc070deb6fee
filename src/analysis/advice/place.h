// SPDX-License-Identifier: Apache-2.0
//
// A place in the source that asks for memory: the call sites' function and line, over all stacks
// that lead there. Advice is about places.
// Thread-safety: built by one thread, then read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/advice/idioms.h"
#include "analysis/advice/language.h"
#include "analysis/analysis.h"
#include "model/histogram.h"

namespace allocprof::analysis {

struct Place {
  uint32_t function = UINT32_MAX;  // index into Frames::functions()
  std::string file;
  int line = 0;
  Language language = Language::kC;
  bool language_known = false;  // else it is C that advice is worded in
  const Idiom* idiom = nullptr;
  std::vector<uint32_t> sites;
  uint32_t example = 0;  // the site with most allocations

  uint64_t allocations = 0;
  uint64_t bytes = 0;
  uint64_t reallocations = 0;
  uint64_t temporary = 0;
  uint64_t cross_thread_frees = 0;
  uint64_t leaked_blocks = 0, leaked_bytes = 0;
  uint64_t peak_bytes = 0;  // at the global peak
  Owners owners;            // summed, as seen from `function`
  uint64_t alive_max = 0;   // most blocks alive at once, of one stack for each way to malloc
  model::Histogram sizes;
  model::Histogram lifetimes;  // stamps
  uint64_t size_max = 0;

  uint64_t frame_bytes = 0;  // of the function's own frame, the largest
  uint64_t depth_max = 0;    // the deepest stack under it
  uint64_t stack_limit = 0;  // smallest of all threads'; 0: none
  uint32_t recursion = 1;    // frames of the function on one stack

  // Takes in another place of the same function.
  void Merge(const Place& other);

  double Share(uint64_t blocks) const {
    return allocations != 0 ? static_cast<double>(blocks) / static_cast<double>(allocations) : 0;
  }
};

// Most allocations first.
std::vector<Place> FindPlaces(const Input& in);

}  // namespace allocprof::analysis
