// SPDX-License-Identifier: Apache-2.0
//
// The peak, each site's share of it, and each site's own. The replay keeps the shares lazily: a
// site remembers what it held at the last peak only when it changes.
#include <gtest/gtest.h>

#include "replayed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

const Stack kA = {0xa}, kB = {0xb}, kC = {0xc};

TEST(PeakTest, ASiteUntouchedSinceThePeakHasItsShare) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kB, 0x2000, 20);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.peak_bytes, 30u);
  EXPECT_EQ(p.totals.peak_blocks, 2u);
  EXPECT_EQ(p.totals.peak_stamp, 1020u);
  EXPECT_EQ(SiteAt(p, kA).peak_bytes, 10u);
  EXPECT_EQ(SiteAt(p, kB).peak_bytes, 20u);
}

TEST(PeakTest, ASiteFreedAfterThePeakHasItsShare) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kB, 0x2000, 20).Free(1, 0x1000).Free(1, 0x2000);
  const Profile p = Replayed(r);
  EXPECT_EQ(SiteAt(p, kA).peak_bytes, 10u);
  EXPECT_EQ(SiteAt(p, kB).peak_bytes, 20u);
  EXPECT_EQ(SiteAt(p, kB).peak_blocks, 1u);
}

TEST(PeakTest, ASiteThatGrowsAfterThePeakKeepsTheShareItHad) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kB, 0x2000, 100).Free(1, 0x2000);
  r.Malloc(1, kA, 0x3000, 40);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.peak_bytes, 110u);
  EXPECT_EQ(SiteAt(p, kA).peak_bytes, 10u);
  EXPECT_EQ(SiteAt(p, kA).own_peak_bytes, 50u);
}

TEST(PeakTest, ASiteBornAfterThePeakHasNoShare) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 100).Free(1, 0x1000).Malloc(1, kB, 0x2000, 50);
  const Profile p = Replayed(r);
  EXPECT_EQ(SiteAt(p, kB).peak_bytes, 0u);
  EXPECT_EQ(SiteAt(p, kB).own_peak_bytes, 50u);
}

TEST(PeakTest, AHigherPeakTakesTheSharesAnew) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 100).Free(1, 0x1000);           // peak 100, all of it A's
  r.Malloc(1, kB, 0x2000, 60).Malloc(1, kC, 0x3000, 70);  // peak 130, none of it A's
  r.Free(1, 0x2000).Free(1, 0x3000).Malloc(1, kA, 0x1000, 5);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.peak_bytes, 130u);
  EXPECT_EQ(SiteAt(p, kA).peak_bytes, 0u);
  EXPECT_EQ(SiteAt(p, kB).peak_bytes, 60u);
  EXPECT_EQ(SiteAt(p, kC).peak_bytes, 70u);
}

TEST(PeakTest, ASiteUntouchedOverSeveralPeaksCountsAtTheLast) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 1);
  for (uint64_t i = 0; i < 10; i++) r.Malloc(1, kB, 0x2000 + 16 * i, 10);
  r.Free(1, 0x1000).Free(1, 0x2000);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.peak_bytes, 101u);
  EXPECT_EQ(SiteAt(p, kA).peak_bytes, 1u);
  EXPECT_EQ(SiteAt(p, kB).peak_bytes, 100u);
  EXPECT_EQ(SiteAt(p, kB).peak_blocks, 10u);
}

TEST(PeakTest, OfTwoEqualPeaksTheFirstCounts) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 50).Free(1, 0x1000).Malloc(1, kB, 0x2000, 50);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.peak_stamp, 1010u);
  EXPECT_EQ(SiteAt(p, kA).peak_bytes, 50u);
  EXPECT_EQ(SiteAt(p, kB).peak_bytes, 0u);
}

TEST(PeakTest, OwnPeakIsTheSitesLargestAtWhateverTime) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 30).Malloc(1, kA, 0x2000, 30).Free(1, 0x1000).Free(1, 0x2000);
  r.Malloc(1, kB, 0x3000, 100).Malloc(1, kA, 0x1000, 10);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.peak_bytes, 110u);
  EXPECT_EQ(SiteAt(p, kA).peak_bytes, 10u);
  EXPECT_EQ(SiteAt(p, kA).own_peak_bytes, 60u);
}

TEST(PeakTest, BlocksOfNoBytesMakeNoPeak) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 0);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.totals.peak_bytes, 0u);
  EXPECT_EQ(p.totals.peak_blocks, 0u);
  EXPECT_EQ(p.totals.peak_stamp, 0u);
}

}  // namespace
}  // namespace allocprof::model
