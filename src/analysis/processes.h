// SPDX-License-Identifier: Apache-2.0
//
// The processes that the reported one has started, each replayed for itself and without symbols:
// what the list of children says of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trace/descendants.h"

namespace allocprof::analysis {

struct Child {
  trace::Descendant process;
  // Of the end record, or of a replay where there is none.
  std::optional<uint64_t> allocations, allocated_bytes;
  // Of a replay; empty when there would be too much to read for a mere list.
  std::optional<uint64_t> peak_bytes, end_bytes;
};

// Replays at most `most_bytes` of traces, the first ones of the tree.
std::vector<Child> FindChildren(const std::string& trace_path, uint64_t most_bytes);

}  // namespace allocprof::analysis
