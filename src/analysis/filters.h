// SPDX-License-Identifier: Apache-2.0
//
// Which allocations a report is about, as the user said it. Kinds intersect; of one kind, any of
// its patterns will do. A function, file or module selects each stack that has such a frame.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/phases.h"

namespace allocprof::analysis {

struct Filters {
  std::vector<std::string> functions;  // regular expressions
  std::vector<std::string> files;      // globs, as base/pattern.h has them
  std::vector<std::string> modules;
  std::vector<std::string> threads;  // globs of names, or thread ids
  std::vector<std::string> regions;  // regular expressions
  std::optional<Phase> phase;

  bool any() const {
    return !functions.empty() || !files.empty() || !modules.empty() || !threads.empty() ||
           !regions.empty() || phase;
  }
};

}  // namespace allocprof::analysis
