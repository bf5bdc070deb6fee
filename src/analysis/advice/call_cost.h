// SPDX-License-Identifier: Apache-2.0
//
// What an allocation and its free cost in this program on this machine, from the calls that were
// timed. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/analysis.h"

namespace allocprof::analysis {

// Seconds for one pair at `size`; nothing when no call of about that size was timed.
std::optional<double> PairSeconds(const Input& in, uint64_t size);

// Of the program's processor time, in the allocator; nothing when it is not known.
std::optional<double> AllocatorShare(const Input& in);

}  // namespace allocprof::analysis
