// SPDX-License-Identifier: Apache-2.0
//
// Sizes and lifetimes of a site's blocks, if they are known and the filters let the site pass.
#pragma once

#include <cstddef>

#include "model/lifetimes.h"

namespace allocprof::analysis {

struct Input;

// nullptr: nothing is known, or it is left out.
const model::SiteShape* ShapeOf(const Input& in, size_t site);

}  // namespace allocprof::analysis
