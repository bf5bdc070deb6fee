// SPDX-License-Identifier: Apache-2.0
//
// Each function's own peak: the largest live bytes of all that was asked for below it, at whatever
// time that was. The functions are known only after the replay, so this is a second one.
#pragma once

#include <cstdint>
#include <vector>

namespace allocprof::analysis {

struct Input;

// Bytes, by index into Frames::functions(). Exact.
std::vector<uint64_t> OwnPeaks(const Input& in);

}  // namespace allocprof::analysis
