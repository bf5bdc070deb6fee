// SPDX-License-Identifier: Apache-2.0
//
// Thousands of random events over four threads, against the reference.
#include <gtest/gtest.h>

#include <random>

#include "reference_model.h"
#include "replayed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

class RandomReplayTest : public testing::TestWithParam<uint32_t> {};

struct Story {
  Recording recording;
  ReferenceModel reference;
};

Story Tell(uint32_t seed, int events) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  // Few addresses, so that they are reused at once, by whichever thread.
  const uint32_t addresses = 4 + below(60);
  // Sizes that drift up and down, so that there are many peaks.
  Story s;
  for (int i = 0; i < events; i++) {
    const uint32_t thread = 1 + below(4);
    Stack stack;
    for (uint32_t frames = below(5); stack.size() < frames;) stack.push_back(0x100 + below(3));
    const uint64_t address = 0x1000 + 16 * below(addresses),
                   size = below(2) == 0 ? below(64) : below(4096);
    if (below(40) == 0) s.recording.Cut(1 + below(4));
    const bool live = s.reference.IsLive(address);
    switch (below(10)) {
      case 0:
        s.reference.Failed(stack);
        s.recording.Failed(thread, stack, size);
        break;
      case 1:
      case 2: {
        const uint64_t to = 0x1000 + 16 * below(addresses);
        if (to != address && s.reference.IsLive(to)) break;
        s.reference.Realloc(thread, stack, address, to, size);
        s.recording.Realloc(thread, stack, address, to, size);
        break;
      }
      case 3:
      case 4:
      case 5:
      case 6:
        if (!live) break;
        s.reference.Free(thread, address);
        s.recording.Free(thread, address, stack);
        break;
      default:
        if (live) {
          if (below(20) != 0) break;
          s.reference.Free(thread, address);
          s.recording.Free(thread, address, stack);
        } else if (below(50) == 0) {
          s.reference.Free(thread, address);
          s.recording.Free(thread, address, stack);
        }
        s.reference.Malloc(thread, stack, address, size);
        s.recording.Malloc(thread, stack, address, size);
        break;
    }
  }
  return s;
}

TEST_P(RandomReplayTest, AgreesWithTheReference) {
  const Story story = Tell(GetParam(), 5000);
  const Profile p = Replayed(story.recording);
  const ReferenceModel& r = story.reference;
  EXPECT_EQ(p.totals.peak_bytes, r.peak);
  EXPECT_EQ(p.totals.leaked_bytes, r.live);
  EXPECT_EQ(p.totals.frees, r.frees);
  EXPECT_EQ(p.totals.unknown_frees, r.unknown_frees);
  EXPECT_EQ(p.totals.lost_frees, 0u);
  for (const Site& s : p.sites) {
    const Stack stack = StackOf(p, s.node);
    const auto it = r.sites.find(stack);
    if (it == r.sites.end()) {
      EXPECT_EQ(s.allocations + s.failed, 0u);
      continue;
    }
    const ReferenceSite& e = it->second;
    EXPECT_EQ(s.allocations, e.allocations);
    EXPECT_EQ(s.allocated_bytes, e.bytes);
    EXPECT_EQ(s.reallocations, e.reallocations);
    EXPECT_EQ(s.reallocations_in_place, e.in_place);
    EXPECT_EQ(s.temporary, e.temporary);
    EXPECT_EQ(s.cross_thread_frees, e.cross_thread);
    EXPECT_EQ(s.failed, e.failed);
    EXPECT_EQ(s.leaked_bytes, e.live_bytes);
    EXPECT_EQ(s.leaked_blocks, e.live_blocks);
    EXPECT_EQ(s.own_peak_bytes, e.own_peak);
    EXPECT_EQ(s.size_max, e.size_max);
    const auto at_peak = r.sites_at_peak.find(stack);
    const ReferenceSite none, &peak = at_peak == r.sites_at_peak.end() ? none : at_peak->second;
    EXPECT_EQ(s.peak_bytes, peak.live_bytes);
    EXPECT_EQ(s.peak_blocks, peak.live_blocks);
  }
  // The other way round: no site is missing.
  for (const auto& [stack, e] : r.sites) {
    EXPECT_EQ(SiteAt(p, stack).allocations, e.allocations);
    EXPECT_EQ(SiteAt(p, stack).failed, e.failed);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomReplayTest, testing::Range(1u, 21u));

}  // namespace
}  // namespace allocprof::model
