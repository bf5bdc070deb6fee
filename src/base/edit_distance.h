// SPDX-License-Identifier: Apache-2.0
//
// The word that was meant by a mistyped one.
//
// Owns: nothing. No errors. Thread-safety: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace allocprof {

// Bytes to insert, delete, replace or swap with their neighbour to make `b` of `a`.
size_t EditDistance(std::string_view a, std::string_view b);

// The nearest candidate, the first of equals; empty when none is near enough to be meant: more
// than a third of the word's length away, or more than 3.
std::string ClosestWord(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace allocprof
