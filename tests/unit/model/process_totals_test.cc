// SPDX-License-Identifier: Apache-2.0
//
// What several processes do together: who holds what at the peak, and what ended ones leave.
#include "model/process_totals.h"

#include <gtest/gtest.h>

#include "model/containment.h"
#include "model/group_peaks.h"
#include "model/live_at.h"
#include "observed.h"
#include "replayed.h"
#include "support/consistency.h"
#include "support/process_family.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::RecordingOf;

// All run one program: the same code is the same site.
Recording Runs(const test::Member& member) {
  Recording r = RecordingOf(member);
  r.records().Module(1, "/usr/bin/tool", 0x100, 0x1000, 0, member.stamp);
  return r;
}

// Holds `size` bytes from `stamp` on, ends 10 later, frees nothing.
Recording Leaver(uint32_t pid, uint64_t stamp, uint64_t size) {
  Recording r = Runs({.pid = pid, .ppid = 1, .stamp = stamp - 10, .root_pid = 1});
  r.Malloc(1, {0x500}, 0x10, size);
  return r;
}

// Lives from 1010 to `end`, and holds 10 bytes up to it.
Recording Parent(uint64_t end) {
  Recording r = Runs({.pid = 1});
  r.Malloc(1, {0x400}, 0x10, 10);
  r.now = end;
  r.Malloc(1, {0x400}, 0x20, 1).Free(1, 0x20, {0x400});
  return r;
}

Profile Together(const std::vector<std::string>& texts, const BuildOptions& options = {}) {
  Profile profile = BuildProfile(test::LoadTogether(texts), options);
  test::CheckConsistency(profile);
  EXPECT_TRUE(profile.trace->damage.empty());
  return profile;
}

const std::vector<ProcessTotals>& Processes(const Profile& p) {
  return p.Find<ProcessTotalsObserver>()->processes();
}

void ExpectSums(const Profile& p) {
  uint64_t allocations = 0, bytes = 0, peak = 0, leaked = 0, blocks = 0, frees = 0;
  for (const ProcessTotals& one : Processes(p)) {
    allocations += one.allocations;
    bytes += one.allocated_bytes;
    peak += one.peak_bytes;
    leaked += one.leaked_bytes;
    blocks += one.leaked_blocks;
    frees += one.frees;
    EXPECT_GE(one.own_peak_bytes, one.peak_bytes);
  }
  EXPECT_EQ(allocations, p.totals.allocations);
  EXPECT_EQ(bytes, p.totals.allocated_bytes);
  EXPECT_EQ(peak, p.totals.peak_bytes);
  EXPECT_EQ(leaked, p.totals.leaked_bytes);
  EXPECT_EQ(blocks, p.totals.leaked_blocks);
  EXPECT_EQ(frees, p.totals.frees);
}

TEST(ProcessTotalsTest, WhatAProcessLeavesIsLiveNoMoreAndLeaked) {
  const Profile p = Together({Parent(9000).Text(), Leaver(2, 2000, 100).Text(),
                              Leaver(3, 3000, 300).Text(), Leaver(4, 4000, 200).Text()});
  EXPECT_EQ(p.totals.peak_bytes, 310u);
  EXPECT_EQ(p.totals.peak_stamp, 3000u);
  EXPECT_EQ(p.totals.leaked_bytes, 610u);
  EXPECT_EQ(p.totals.leaked_blocks, 4u);
  EXPECT_EQ(p.totals.left_bytes, 600u);
  EXPECT_EQ(p.totals.end_bytes, 10u);
  const auto& processes = Processes(p);
  ASSERT_EQ(processes.size(), 4u);
  EXPECT_EQ(processes[0].peak_bytes, 10u);
  EXPECT_EQ(processes[1].peak_bytes, 0u);
  EXPECT_EQ(processes[2].peak_bytes, 300u);
  EXPECT_EQ(processes[3].leaked_bytes, 200u);
  EXPECT_EQ(SiteAt(p, {0x500}).own_peak_bytes, 300u);
  EXPECT_EQ(SiteAt(p, {0x500}).peak_bytes, 300u);
  EXPECT_EQ(SiteAt(p, {0x500}).leaked_bytes, 600u);
  ExpectSums(p);
}

TEST(ProcessTotalsTest, TheTimelineFallsWhenAProcessEnds) {
  const Profile p = Together({Parent(9000).Text(), Leaver(2, 2000, 100).Text()});
  ASSERT_FALSE(p.timeline.empty());
  EXPECT_EQ(p.timeline.back().end_bytes, 10u);
  for (const TimelinePoint& point : p.timeline) {
    if (point.stamp > 2100) {
      EXPECT_LE(point.live_bytes, 11u) << point.stamp;
    }
  }
}

TEST(ProcessTotalsTest, TwoThatRunAtOnceAddUp) {
  Recording one = Leaver(2, 2000, 100), other = Leaver(3, 2005, 300);
  const Profile p = Together({Parent(9000).Text(), one.Text(), other.Text()});
  EXPECT_EQ(p.totals.peak_bytes, 410u);
  ExpectSums(p);
}

TEST(ProcessTotalsTest, AChildThatOutlivesItsParentHoldsItsOwnAlone) {
  Recording child = Runs({.pid = 2, .ppid = 1, .stamp = 1500, .root_pid = 1});
  child.Malloc(1, {0x500}, 0x10, 50);
  child.now = 8000;
  child.Malloc(1, {0x500}, 0x20, 55);
  const Profile p = Together({Parent(3000).Text(), child.Text()});
  // 50 + 55 without the parent's 10.
  EXPECT_EQ(p.totals.peak_bytes, 105u);
  EXPECT_EQ(p.totals.left_bytes, 10u);
  EXPECT_EQ(p.totals.end_bytes, 105u);
  EXPECT_EQ(p.totals.leaked_bytes, 115u);
  EXPECT_EQ(Processes(p)[0].peak_bytes, 0u);
  EXPECT_EQ(Processes(p)[0].own_peak_bytes, 11u);
  ExpectSums(p);
}

TEST(ProcessTotalsTest, OneThatDiedLeavesWhatItHad) {
  const Profile p = Together({Parent(9000).Text(), Leaver(2, 2000, 100).TextWithoutEnd()});
  EXPECT_EQ(p.totals.left_bytes, 100u);
  EXPECT_EQ(p.totals.end_bytes, 10u);
  ExpectSums(p);
}

TEST(ProcessTotalsTest, AWindowBeginsWithoutWhatEndedBefore) {
  const Profile p =
      Together({Parent(9000).Text(), Leaver(2, 2000, 100).Text(), Leaver(3, 3000, 300).Text()},
               {.window = {.from = 2500}});
  EXPECT_EQ(p.totals.start_bytes, 10u);
  EXPECT_EQ(p.totals.leaked_bytes, 300u);
  EXPECT_EQ(p.totals.left_bytes, 300u);
  EXPECT_EQ(p.totals.peak_bytes, 310u);
  ExpectSums(p);
}

TEST(ProcessTotalsTest, WhatIsOlderThanTheWindowIsLeftButNotLeakedInIt) {
  Recording child = Leaver(2, 2000, 100);
  child.now = 3000;
  child.Malloc(1, {0x500}, 0x20, 7);
  const Profile p = Together({Parent(9000).Text(), child.Text()}, {.window = {.from = 2500}});
  EXPECT_EQ(p.totals.start_bytes, 110u);
  EXPECT_EQ(p.totals.peak_bytes, 117u);
  EXPECT_EQ(p.totals.left_bytes, 107u);
  EXPECT_EQ(p.totals.leaked_bytes, 7u);
  EXPECT_EQ(p.totals.end_bytes, 10u);
  ExpectSums(p);
}

TEST(ProcessTotalsTest, AnEndAfterTheWindowChangesNothingInIt) {
  const Profile p =
      Together({Parent(9000).Text(), Leaver(2, 2000, 100).Text()}, {.window = {.to = 2005}});
  EXPECT_EQ(p.totals.left_bytes, 0u);
  EXPECT_EQ(p.totals.end_bytes, 110u);
  ExpectSums(p);
}

TEST(ProcessTotalsTest, AReallocThatItsProcesssEndCutShort) {
  Recording child = Leaver(2, 2000, 100);
  child.ReallocDeath(1, {0x500}, 0x10);
  const Profile p = Together({Parent(9000).Text(), child.Text()});
  EXPECT_EQ(p.totals.left_bytes, 0u);
  EXPECT_EQ(p.totals.leaked_bytes, 10u);
  ExpectSums(p);
}

TEST(ProcessTotalsTest, BlocksThatWereFreedAreNotLeft) {
  Recording child = Leaver(2, 2000, 100);
  child.Malloc(1, {0x500}, 0x20, 1).Malloc(1, {0x500}, 0x30, 2).Malloc(1, {0x500}, 0x40, 4);
  child.Free(1, 0x30).Realloc(1, {0x500}, 0x20, 0x30, 8).Free(1, 0x10).Malloc(1, {0x500}, 0x10, 16);
  const Profile p = Together({Parent(9000).Text(), child.Text()});
  EXPECT_EQ(p.totals.left_bytes, 4u + 8 + 16);
  EXPECT_EQ(p.totals.left_blocks, 3u);
  ExpectSums(p);
}

TEST(ProcessTotalsTest, WhoHeldWhatAfterAnEnd) {
  const std::vector<std::string> texts = {Parent(9000).Text(), Leaver(2, 2000, 100).Text()};
  const auto held = [&](uint64_t at) {
    const Profile p = Together(texts, {.at = at});
    uint64_t bytes = 0;
    for (const LiveAt::Held& h : p.Find<LiveAt>()->sites()) bytes += h.bytes;
    return bytes;
  };
  EXPECT_EQ(held(2005), 110u);
  EXPECT_EQ(held(5000), 10u);
}

TEST(ProcessTotalsTest, GroupsOfSitesFallToo) {
  const auto trace = test::LoadTogether(
      {Parent(9000).Text(), Leaver(2, 2000, 100).Text(), Leaver(3, 3000, 300).Text()});
  StackTree stacks;
  BlockReplay replay(*trace, &stacks);
  // Both sites in group 0.
  GroupPeaks peaks({{0}, {0}}, 1);
  replay.Observe(&peaks);
  trace::Replay(*trace, &replay);
  Profile profile;
  replay.Finish(&profile);
  EXPECT_EQ(peaks.peaks(), std::vector<uint64_t>{310});
}

TEST(ProcessTotalsTest, BlocksAliveAtOnceAreThoseOfRunningProcesses) {
  const Profile p = Together({Parent(9000).Text(), Leaver(2, 2000, 100).Text(),
                              Leaver(3, 3000, 300).Text(), Leaver(4, 4000, 1).Text()});
  for (const SiteContainment& site : p.Find<Containment>()->sites()) {
    EXPECT_LE(site.live_max, 2u);
  }
}

TEST(ProcessTotalsTest, OneProcessHasNone) {
  const Profile p = Replayed(Parent(9000));
  EXPECT_EQ(p.Find<ProcessTotalsObserver>(), nullptr);
  EXPECT_EQ(p.totals.left_bytes, 0u);
}

}  // namespace
}  // namespace allocprof::model
