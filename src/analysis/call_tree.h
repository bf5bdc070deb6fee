// SPDX-License-Identifier: Apache-2.0
//
// The stacks of a profile as a tree of functions, from main down or, inverted, from the call sites
// up. Small branches are summed before they are walked, so that memory follows the sites and what
// is shown, not all paths.
//
// Conservation: a node's total is its own figures and those of its children, the rest included.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/heap.h"

namespace allocprof::analysis {

struct TreeOptions {
  bool inverted = false;
  bool plumbing = false;  // else stacks end at their call site, and libraries' frames are folded
  uint64_t Heap::*metric = &Heap::allocations;
  double least = 1;   // of the metric: smaller branches are summed up as the rest
  uint64_t most = 0;  // children of a node; 0 = all
};

struct TreeNode {
  uint32_t depth = 0;
  uint32_t function = UINT32_MAX;  // none: the rest, or a stack without frames
  uint64_t rest = 0;               // how many branches are summed here; 0: this is a function
  Heap total;
  Heap self;  // of the stacks that end here
};

// Each node before its children, larger children first, the rest last.
std::vector<TreeNode> CallTree(const Input& in, const TreeOptions& options);

}  // namespace allocprof::analysis
