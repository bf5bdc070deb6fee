// SPDX-License-Identifier: Apache-2.0
//
// What the first and the last line of a trace say, without reading what is in between: the same
// cost for a trace of any size, or that of decompressing it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "trace/trace.h"

namespace allocprof::trace {

struct Ends {
  std::string path;
  uint64_t text_bytes = 0;  // of the document, so about what reading it takes
  Header header;
  // Of the end record; without one the process died, was replaced by exec, or runs.
  std::optional<Totals> totals;
  Ending ending = Ending::kDied;
  std::optional<int> exit_status;
};

// Empty if `path` cannot be read or is no trace of one process.
std::optional<Ends> ReadEnds(const std::string& path);

}  // namespace allocprof::trace
