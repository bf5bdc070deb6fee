// SPDX-License-Identifier: Apache-2.0
//
// Blocks that a language runtime or libc never frees by design: not the program's leaks. One table.
#pragma once

#include "analysis/frames.h"
#include "model/profile.h"

namespace allocprof::analysis {

bool IsRuntimeSite(const model::Profile& profile, const Frames& frames, const model::Site& site);

}  // namespace allocprof::analysis
