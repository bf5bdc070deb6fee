// SPDX-License-Identifier: Apache-2.0
//
// The other traces of a run: which processes the recorded one has started, found beside its trace
// by the names that the recorder gives them and proved by their headers. Reads their ends alone.
#pragma once

#include <string>
#include <vector>

#include "trace/ends.h"

namespace allocprof::trace {

struct Descendant {
  Ends ends;
  uint32_t level = 1;  // 1: started, or replaced by exec, by the process itself
};

// Those below the process whose trace `path` is, in the order of the tree: see process_tree.h.
// Empty if `path` cannot be read.
std::vector<Descendant> FindDescendants(const std::string& path);

// `path` and the traces below it.
std::vector<std::string> TreeOf(const std::string& path);

}  // namespace allocprof::trace
