// SPDX-License-Identifier: Apache-2.0
//
// The profile of a recording, with the conservation laws checked on the way.
#pragma once

#include "model/profile.h"
#include "support/recording.h"

namespace allocprof::model {

Profile Replayed(const test::Recording& recording);

// The site of a stack whose locations are in no module; all zero when there is none.
Site SiteAt(const Profile& profile, const test::Stack& stack);

// Addresses of a node's frames, outermost first.
test::Stack StackOf(const Profile& profile, uint32_t node);

}  // namespace allocprof::model
