// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "replayed.h"

namespace allocprof::model {
namespace {

using test::BlockBuilder;
using test::Recording;
using test::Stack;

const Stack kA = {0x100, 0x200}, kGrow = {0x100, 0x300};

TEST(ReallocTest, InPlaceItIsAnAllocationOfTheWholeNewSize) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Realloc(1, kGrow, 0x1000, 0x1000, 30);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.allocations, 2u);
  EXPECT_EQ(p.totals.allocated_bytes, 40u);
  EXPECT_EQ(p.totals.reallocations, 1u);
  EXPECT_EQ(p.totals.reallocations_in_place, 1u);
  EXPECT_EQ(p.totals.frees, 0u);
  EXPECT_EQ(p.totals.leaked_bytes, 30u);
  EXPECT_EQ(SiteAt(p, kGrow).reallocations_in_place, 1u);
  EXPECT_EQ(SiteAt(p, kGrow).leaked_bytes, 30u);
  EXPECT_EQ(SiteAt(p, kA).leaked_bytes, 0u);
}

TEST(ReallocTest, MovedItIsNotInPlace) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Realloc(1, kGrow, 0x1000, 0x2000, 30).Free(1, 0x2000);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.reallocations, 1u);
  EXPECT_EQ(p.totals.reallocations_in_place, 0u);
  EXPECT_EQ(p.totals.leaked_blocks, 0u);
}

TEST(ReallocTest, OldAndNewBlockAreNotLiveAtOnce) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 100).Realloc(1, kGrow, 0x1000, 0x2000, 110);
  EXPECT_EQ(Replayed(r).totals.peak_bytes, 110u);
}

TEST(ReallocTest, OfNullItIsAnAllocationAndNoReallocation) {
  Recording r;
  r.ReallocBirth(1, kGrow, 0x1000, 30);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.allocations, 1u);
  EXPECT_EQ(p.totals.reallocations, 0u);
}

TEST(ReallocTest, OfAnUnknownBlockItIsAnUnknownFreeAndAnAllocation) {
  Recording r;
  r.Realloc(1, kGrow, 0x9000, 0x9000, 30);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.allocations, 1u);
  EXPECT_EQ(p.totals.reallocations, 0u);
  EXPECT_EQ(p.totals.reallocations_in_place, 0u);
  EXPECT_EQ(p.totals.unknown_frees, 1u);
}

TEST(ReallocTest, ItsDeathHalfMakesNoTemporary) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Realloc(1, kGrow, 0x1000, 0x2000, 30);
  EXPECT_EQ(Replayed(r).totals.temporary, 0u);
}

TEST(ReallocTest, ItsNewBlockCanBeTemporary) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Realloc(1, kGrow, 0x1000, 0x2000, 30).Free(1, 0x2000);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.temporary, 1u);
  EXPECT_EQ(SiteAt(p, kGrow).temporary, 1u);
}

TEST(ReallocTest, OfAnotherThreadsBlockItIsAReallocation) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Realloc(2, kGrow, 0x1000, 0x2000, 30);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.reallocations, 1u);
  EXPECT_EQ(p.totals.leaked_bytes, 30u);
}

TEST(ReallocTest, AnotherThreadMayTakeTheOldAddressBetweenItsHalves) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).ReallocDeath(1, kGrow, 0x1000).Malloc(2, kA, 0x1000, 5);
  r.ReallocBirth(1, kGrow, 0x2000, 30);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.lost_frees, 0u);
  EXPECT_EQ(p.totals.reallocations, 1u);
  EXPECT_EQ(p.totals.leaked_bytes, 35u);
}

TEST(ReallocTest, ReallocsOfTwoThreadsMayOverlap) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(2, kA, 0x2000, 20);
  r.ReallocDeath(1, kGrow, 0x1000).ReallocDeath(2, kGrow, 0x2000);
  r.ReallocBirth(1, kGrow, 0x2000, 30).ReallocBirth(2, kGrow, 0x1000, 40);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.reallocations, 2u);
  EXPECT_EQ(p.totals.reallocations_in_place, 0u);
}

TEST(ReallocTest, AHandlersMallocBetweenItsHalvesIsNotItsBirth) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).ReallocDeath(1, kGrow, 0x1000).Malloc(1, kA, 0x3000, 5);
  r.ReallocBirth(1, kGrow, 0x1000, 30);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.reallocations, 1u);
  EXPECT_EQ(p.totals.reallocations_in_place, 1u);
}

TEST(ReallocTest, AHandlersReallocBetweenItsHalvesIsOneOfItsOwn) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kA, 0x2000, 20);
  r.ReallocDeath(1, kGrow, 0x1000);
  r.ReallocDeath(1, kGrow, 0x2000).ReallocBirth(1, kGrow, 0x2000, 40);
  r.ReallocBirth(1, kGrow, 0x3000, 30);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.reallocations, 2u);
  EXPECT_EQ(p.totals.reallocations_in_place, 1u);
  EXPECT_EQ(p.totals.leaked_bytes, 70u);
}

TEST(ReallocTest, WithoutItsBirthTheDeathIsAFree) {
  // The end of the trace fell between the halves, or the birth is lost.
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).ReallocDeath(1, kGrow, 0x1000);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.frees, 1u);
  EXPECT_EQ(p.totals.unknown_frees, 0u);
  EXPECT_EQ(p.totals.reallocations, 0u);
  EXPECT_EQ(p.totals.leaked_blocks, 0u);
}

TEST(ReallocTest, ABirthStampedAfterTheEndLeavesItsDeathAFree) {
  BlockBuilder b(1, 1000, 1);
  b.Alloc(0, 0x1000, 10, 1100);
  b.ReallocFree(0, 0x1000, 1990);
  b.Alloc(0, 0x2000, 30, 2010, wire::Entry::kRealloc);
  Recording r;
  r.now = 2000;
  r.records().Chunk(b, 0);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.replay.after_end, 1u);
  EXPECT_EQ(p.totals.frees, 1u);
  EXPECT_EQ(p.totals.leaked_blocks, 0u);
}

}  // namespace
}  // namespace allocprof::model
