// SPDX-License-Identifier: Apache-2.0
//
// A program's own wrappers of malloc (xmalloc, sqlite3Malloc, ...), told by what they do: they hand
// on blocks of many sizes to many callers and keep none. Advice is about who calls them.
// Limit: a function that makes strings of all lengths for many callers is taken for one, too.
// Thread-safety: built by one thread, then read.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/analysis.h"

namespace allocprof::analysis {

class Wrappers {
 public:
  explicit Wrappers(const Input& in);

  // The function that a site's advice is about: its call site, or the first outside wrappers.
  uint32_t AskingFunction(uint32_t site) const { return asking_[site]; }

 private:
  std::vector<uint32_t> asking_;
};

}  // namespace allocprof::analysis
