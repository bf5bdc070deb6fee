// SPDX-License-Identifier: Apache-2.0
//
// A share drawn as a horizontal bar: eighths of a block, or '#'.
//
// No errors. Thread-safety: a function without state.
#pragma once

#include <string>

namespace allocprof::view {

// At most `width` columns, for a share from 0 to 1; what is above zero shows at least the smallest
// mark.
std::string Bar(double share, int width, bool utf8);

}  // namespace allocprof::view
