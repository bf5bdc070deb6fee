// SPDX-License-Identifier: Apache-2.0
#include "replayed.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/consistency.h"

namespace allocprof::model {

Profile Replayed(const test::Recording& recording) {
  Profile profile = BuildProfile(recording.Load());
  test::CheckConsistency(profile);
  EXPECT_TRUE(profile.trace->damage.empty());
  EXPECT_TRUE(profile.replay.damage.empty());
  return profile;
}

test::Stack StackOf(const Profile& profile, uint32_t node) {
  test::Stack stack;
  const auto& nodes = profile.stacks.nodes();
  for (; node != 0; node = nodes[node].parent) {
    stack.push_back(profile.stacks.locations()[nodes[node].location].address);
  }
  std::reverse(stack.begin(), stack.end());
  return stack;
}

Site SiteAt(const Profile& profile, const test::Stack& stack) {
  for (const Site& s : profile.sites) {
    if (StackOf(profile, s.node) == stack) return s;
  }
  return {};
}

}  // namespace allocprof::model
