// SPDX-License-Identifier: Apache-2.0
//
// A window of time: what counts in it, what is older, and that the sums hold; and who held what at
// a moment.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "model/live_at.h"
#include "observed.h"
#include "replayed.h"
#include "support/consistency.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

const Stack kA = {0x100}, kB = {0x200};

Profile In(const Recording& r, uint64_t from, uint64_t to) {
  Profile p = BuildProfile(r.Load(), {.window = {from, to}});
  test::CheckConsistency(p);
  return p;
}

// Events at 1010, 1020, ...
Recording Story() {
  Recording r;
  r.Malloc(1, kA, 0x1000, 100);  // 1010
  r.Malloc(1, kB, 0x2000, 50);   // 1020
  r.Free(1, 0x1000);             // 1030
  r.Malloc(1, kA, 0x1000, 10);   // 1040
  r.Malloc(1, kB, 0x3000, 5);    // 1050
  r.Free(1, 0x2000);             // 1060
  r.Free(1, 0x3000);             // 1070
  return r;
}

TEST(WindowTest, WithoutAWindowItIsTheWholeRun) {
  const Profile p = Replayed(Story());
  EXPECT_EQ(p.totals.allocations, 4u);
  EXPECT_EQ(p.totals.start_blocks, 0u);
  EXPECT_EQ(p.totals.end_blocks, p.totals.leaked_blocks);
}

TEST(WindowTest, AllocationsAndFreesInItCountBothEndsIncluded) {
  const Profile p = In(Story(), 1030, 1050);
  EXPECT_EQ(p.totals.allocations, 2u);
  EXPECT_EQ(p.totals.allocated_bytes, 15u);
  EXPECT_EQ(p.totals.frees, 1u);
}

TEST(WindowTest, ThePeakIsOfAllThatIsLiveInIt) {
  const Profile p = In(Story(), 1040, 1070);
  EXPECT_EQ(p.totals.start_bytes, 50u);
  EXPECT_EQ(p.totals.peak_bytes, 65u);
  EXPECT_EQ(p.totals.peak_stamp, 1050u);
  EXPECT_EQ(SiteAt(p, kB).peak_bytes, 55u);
  EXPECT_EQ(SiteAt(p, kB).own_peak_bytes, 55u);
}

TEST(WindowTest, ThePeakMayBeWhatIsLiveAtItsBeginning) {
  const Profile p = In(Story(), 1025, 1045);
  EXPECT_EQ(p.totals.start_bytes, 150u);
  EXPECT_EQ(p.totals.peak_bytes, 150u);
  EXPECT_EQ(p.totals.peak_stamp, 1025u);
  EXPECT_EQ(SiteAt(p, kA).peak_bytes, 100u);
}

TEST(WindowTest, LeakedIsBornInItAndLiveAtItsEnd) {
  const Profile p = In(Story(), 1040, 1055);
  EXPECT_EQ(p.totals.leaked_bytes, 15u);
  EXPECT_EQ(p.totals.end_bytes, 65u);
  EXPECT_EQ(p.totals.end_blocks, 3u);
  EXPECT_EQ(SiteAt(p, kB).leaked_bytes, 5u);
  EXPECT_EQ(SiteAt(p, kB).end_bytes, 55u);
}

TEST(WindowTest, AnOldBlockFreedInItIsNoBlockOfIt) {
  const Profile p = In(Story(), 1055, 1080);
  EXPECT_EQ(p.totals.frees, 2u);
  EXPECT_EQ(p.totals.allocations, 0u);
  EXPECT_EQ(p.totals.temporary, 0u);
  EXPECT_EQ(p.totals.unknown_frees, 0u);
  EXPECT_EQ(p.totals.leaked_blocks, 0u);
  EXPECT_EQ(p.totals.end_blocks, 1u);
}

TEST(WindowTest, AWindowWithoutEventsHoldsWhatIsLive) {
  const Profile p = In(Story(), 1051, 1055);
  EXPECT_EQ(p.totals.allocations, 0u);
  EXPECT_EQ(p.totals.peak_bytes, 65u);
  EXPECT_EQ(p.totals.end_bytes, 65u);
}

TEST(WindowTest, AReallocAcrossItsBeginningIsABirth) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10);           // 1010
  r.Realloc(1, kB, 0x1000, 0x2000, 20);  // 1020, 1030
  const Profile p = In(r, 1025, 2000);
  EXPECT_EQ(p.totals.start_blocks, 0u);
  EXPECT_EQ(p.totals.allocations, 1u);
  EXPECT_EQ(p.totals.reallocations, 0u);
  EXPECT_EQ(p.totals.end_bytes, 20u);
}

TEST(WindowTest, AReallocAcrossItsEndIsAFree) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Realloc(1, kB, 0x1000, 0x2000, 20);
  const Profile p = In(r, 0, 1025);
  EXPECT_EQ(p.totals.frees, 1u);
  EXPECT_EQ(p.totals.end_blocks, 0u);
}

TEST(WindowTest, TheTimelineIsOfTheWindow) {
  Recording r;
  for (uint64_t i = 0; i < 100; i++) r.Malloc(1, kA, 0x1000 + 16 * i, 1);
  const Profile p = In(r, 1500, 1600);
  ASSERT_FALSE(p.timeline.empty());
  EXPECT_GT(p.timeline.front().stamp, 1500u);
  EXPECT_GE(p.timeline.front().live_bytes, 49u);
  EXPECT_EQ(p.timeline.back().live_bytes, p.totals.end_bytes);
}

// Any window of any story, and any moment, against what is kept by hand.
TEST(WindowTest, AgreesWithTheReference) {
  for (uint32_t seed = 1; seed <= 20; seed++) {
    std::mt19937 random(seed);
    Recording r;
    const uint64_t events = 400;
    const uint64_t from = 1010 + random() % (10 * events), to = from + random() % (10 * events);
    const uint64_t moment = 1000 + random() % (12 * events);
    struct Live {
      Stack stack;
      uint64_t size;
      bool in_window;
    };
    std::map<uint64_t, Live> live;
    std::map<Stack, uint64_t> at;
    uint64_t now = 0, peak = 0, allocations = 0, leaked = 0, end = 0;
    bool peak_begun = false;
    for (uint64_t i = 0; i < events; i++) {
      const uint64_t stamp = r.now, address = 0x1000 + 16 * (random() % 30);
      const bool inside = stamp >= from && stamp <= to;
      if (inside && !peak_begun) peak = now;
      peak_begun = peak_begun || inside;
      const auto it = live.find(address);
      if (it != live.end()) {
        r.Free(1 + random() % 2, address);
        now -= it->second.size;
        if (stamp <= moment) at[it->second.stack] -= it->second.size;
        live.erase(it);
      } else {
        const Stack stack = {0x100 + random() % 4};
        const uint64_t size = random() % 500;
        r.Malloc(1 + random() % 2, stack, address, size);
        live[address] = {stack, size, inside};
        now += size;
        if (stamp <= moment) at[stack] += size;
        if (inside) allocations++;
      }
      if (inside) peak = std::max(peak, now);
      if (stamp <= to) {
        leaked = 0;
        end = now;
        for (const auto& [a, b] : live) leaked += b.in_window ? b.size : 0;
      }
    }
    if (!peak_begun) peak = end;
    const Profile p = In(r, from, to);
    EXPECT_EQ(p.totals.allocations, allocations) << seed;
    EXPECT_EQ(p.totals.peak_bytes, peak) << seed;
    EXPECT_EQ(p.totals.leaked_bytes, leaked) << seed;
    EXPECT_EQ(p.totals.end_bytes, end) << seed;

    const Profile whole = BuildProfile(r.Load(), {.at = moment});
    const auto* held = whole.Find<LiveAt>();
    ASSERT_NE(held, nullptr);
    for (size_t i = 0; i < whole.sites.size(); i++) {
      EXPECT_EQ(held->sites()[i].bytes, at[StackOf(whole, whole.sites[i].node)]) << seed;
    }
  }
}

TEST(LiveAtTest, ThePeaksMomentGivesThePeaksShares) {
  const Profile first = Replayed(Story());
  const Profile p = BuildProfile(Story().Load(), {.at = first.totals.peak_stamp});
  const auto* held = p.Find<LiveAt>();
  for (size_t i = 0; i < p.sites.size(); i++) {
    EXPECT_EQ(held->sites()[i].bytes, p.sites[i].peak_bytes);
    EXPECT_EQ(held->sites()[i].blocks, p.sites[i].peak_blocks);
  }
}

TEST(LiveAtTest, WithoutAMomentItDoesNotRun) {
  EXPECT_EQ(Replayed(Story()).Find<LiveAt>(), nullptr);
}

}  // namespace
}  // namespace allocprof::model
