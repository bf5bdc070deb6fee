// SPDX-License-Identifier: Apache-2.0
//
// Replays whose answers are known by hand: allocations, leaks, temporaries, frees by others.
#include <gtest/gtest.h>

#include "replayed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

const Stack kA = {0x100, 0x200}, kB = {0x100, 0x300};

TEST(CountsTest, AnEmptyTraceIsAnEmptyProfile) {
  const Profile p = Replayed(Recording());
  EXPECT_EQ(p.totals.allocations, 0u);
  EXPECT_EQ(p.sites.size(), 0u);
  EXPECT_EQ(p.threads.size(), 0u);
  EXPECT_EQ(p.totals.peak_stamp, 0u);
}

TEST(CountsTest, AllocationsAndBytesBelongToTheirStack) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kB, 0x2000, 20).Malloc(2, kA, 0x3000, 30);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.allocations, 3u);
  EXPECT_EQ(p.totals.allocated_bytes, 60u);
  EXPECT_EQ(SiteAt(p, kA).allocations, 2u);
  EXPECT_EQ(SiteAt(p, kA).allocated_bytes, 40u);
  EXPECT_EQ(SiteAt(p, kA).size_max, 30u);
  EXPECT_EQ(SiteAt(p, kB).allocations, 1u);
}

TEST(CountsTest, WhatIsNotFreedIsLeakedWhereItWasAllocated) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kA, 0x2000, 20).Malloc(1, kB, 0x3000, 30);
  r.Free(1, 0x1000).Free(1, 0x3000);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.leaked_bytes, 20u);
  EXPECT_EQ(p.totals.leaked_blocks, 1u);
  EXPECT_EQ(SiteAt(p, kA).leaked_bytes, 20u);
  EXPECT_EQ(SiteAt(p, kB).leaked_bytes, 0u);
}

TEST(CountsTest, ABlockOfNoBytesIsABlock) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 0);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.allocations, 1u);
  EXPECT_EQ(p.totals.leaked_blocks, 1u);
  EXPECT_EQ(p.totals.leaked_bytes, 0u);
}

TEST(CountsTest, FreedBeforeTheThreadsNextAllocationIsTemporary) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Free(1, 0x1000);
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kB, 0x2000, 10).Free(1, 0x1000).Free(1, 0x2000);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.temporary, 2u);
  EXPECT_EQ(SiteAt(p, kA).temporary, 1u);
  EXPECT_EQ(SiteAt(p, kB).temporary, 1u);
}

TEST(CountsTest, AnotherThreadsAllocationInBetweenDoesNotMatterToTemporaries) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(2, kB, 0x2000, 10).Free(1, 0x1000).Free(2, 0x2000);
  EXPECT_EQ(Replayed(r).totals.temporary, 2u);
}

TEST(CountsTest, AFreeOfAnotherBlockInBetweenDoesNotMatterToTemporaries) {
  Recording r;
  r.Malloc(1, kB, 0x2000, 10).Malloc(1, kA, 0x1000, 10).Free(1, 0x2000).Free(1, 0x1000);
  const Profile p = Replayed(r);
  EXPECT_EQ(SiteAt(p, kA).temporary, 1u);
  EXPECT_EQ(SiteAt(p, kB).temporary, 0u);
}

TEST(CountsTest, WhatAnotherThreadFreesIsNotTemporaryButACrossThreadFree) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Free(2, 0x1000);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.temporary, 0u);
  EXPECT_EQ(SiteAt(p, kA).cross_thread_frees, 1u);
}

TEST(CountsTest, AFailedCallIsNoAllocation) {
  Recording r;
  r.Failed(1, kA, 1ull << 60).Malloc(1, kB, 0x1000, 5).Failed(2, kA, 7);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.failed, 2u);
  EXPECT_EQ(p.totals.allocations, 1u);
  EXPECT_EQ(SiteAt(p, kA).failed, 2u);
  EXPECT_EQ(SiteAt(p, kA).allocated_bytes, 0u);
}

TEST(CountsTest, AFailedCallInBetweenDoesNotMatterToTemporaries) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Failed(1, kB, 7).Free(1, 0x1000);
  EXPECT_EQ(Replayed(r).totals.temporary, 1u);
}

TEST(CountsTest, AFreeOfABlockNeverSeenIsUnknown) {
  Recording r;
  r.Free(1, 0x5000).Malloc(1, kA, 0x1000, 10).Free(1, 0x1000).Free(1, 0x1000);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.frees, 3u);
  EXPECT_EQ(p.totals.unknown_frees, 2u);
  EXPECT_EQ(p.totals.leaked_blocks, 0u);
}

TEST(CountsTest, ABirthAtALiveAddressEndsTheOldBlockAndIsSaid) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kB, 0x1000, 20);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.lost_frees, 1u);
  EXPECT_EQ(p.totals.leaked_blocks, 1u);
  EXPECT_EQ(SiteAt(p, kA).leaked_bytes, 0u);
  EXPECT_EQ(SiteAt(p, kB).leaked_bytes, 20u);
}

TEST(CountsTest, AnAddressHandedFromThreadToThreadIsTwoBlocks) {
  Recording r;
  for (int i = 0; i < 10; i++) {
    r.Malloc(1, kA, 0x1000, 10).Free(1, 0x1000).Malloc(2, kB, 0x1000, 20).Free(2, 0x1000);
  }
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.lost_frees, 0u);
  EXPECT_EQ(p.totals.unknown_frees, 0u);
  EXPECT_EQ(p.totals.temporary, 20u);
  EXPECT_EQ(SiteAt(p, kA).cross_thread_frees, 0u);
  EXPECT_EQ(p.totals.peak_bytes, 20u);
}

TEST(CountsTest, ABlockFreedElsewhereAndReusedHereIsNotTakenForTheOldOne) {
  // Thread 1's last allocation is freed by thread 2, which then gets the address itself.
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Free(2, 0x1000).Malloc(2, kB, 0x1000, 10).Free(1, 0x1000);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.temporary, 0u);
  EXPECT_EQ(SiteAt(p, kA).cross_thread_frees, 1u);
  EXPECT_EQ(SiteAt(p, kB).cross_thread_frees, 1u);
}

TEST(CountsTest, ThreadsCountWhatTheyDidThemselves) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(2, kA, 0x2000, 20).Free(2, 0x1000).Free(2, 0x2000);
  const Profile p = Replayed(r);
  ASSERT_EQ(p.threads.size(), 2u);
  EXPECT_EQ(p.threads[0].id, 1u);
  EXPECT_EQ(p.threads[0].allocations, 1u);
  EXPECT_EQ(p.threads[0].frees, 0u);
  EXPECT_EQ(p.threads[1].allocated_bytes, 20u);
  EXPECT_EQ(p.threads[1].frees, 2u);
}

}  // namespace
}  // namespace allocprof::model
