// SPDX-License-Identifier: Apache-2.0
//
// Headroom: what the inline buffers that advice suggests would add to each function's frame.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/analysis.h"

namespace allocprof::analysis {

// Bytes, by Frames::functions(); 0 where none is suggested. All buffers of a function together.
std::vector<uint64_t> InlineBytes(const Input& in);

}  // namespace allocprof::analysis
