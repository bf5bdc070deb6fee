// SPDX-License-Identifier: Apache-2.0
//
// The line of a chunk as the recorder writes it: nearly all lines of a long trace. Any other
// spelling of the same record is left to the JSON parser.
#pragma once

#include <string_view>

#include "trace/trace.h"

namespace allocprof::trace {

// False: `line` is not in the recorder's own spelling. Cost: independent of the data's length.
bool ParseChunkLine(std::string_view line, Chunk* chunk);

}  // namespace allocprof::trace
