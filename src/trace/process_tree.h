// SPDX-License-Identifier: Apache-2.0
//
// Who started whom, told from the headers of the traces of one run or several.
#pragma once

#include <cstdint>
#include <vector>

#include "trace/trace.h"

namespace allocprof::trace {

struct TreePlace {
  size_t index = 0;    // into the headers given
  uint32_t level = 0;  // 0: nobody above it is there
};

// All of them in the order of the tree: each process, then what it started, by time. A program that
// came by exec stands below the one that it replaced; one whose parent was not recorded, below the
// first process of its run. A tree comes out whatever the headers claim.
std::vector<TreePlace> ArrangeProcesses(const std::vector<const Header*>& headers);

// The same image of the same process.
bool SameImage(const Header& a, const Header& b);

// The run that a process belongs to. A trace that tells no root is its own.
Root RootOf(const Header& header);
bool SameRun(const Header& a, const Header& b);

}  // namespace allocprof::trace
