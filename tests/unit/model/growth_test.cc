// SPDX-License-Identifier: Apache-2.0
#include "model/growth.h"

#include <gtest/gtest.h>

#include "observed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

const Stack kA = {0x100, 0x200}, kB = {0x100, 0x300};

// All sites together.
SiteGrowth Grown(const Recording& recording) {
  const Observed<Growth> o(recording);
  SiteGrowth all;
  for (const SiteGrowth& s : o->sites()) all.Add(s);
  return all;
}

// A buffer as std::vector keeps it: allocate, copy, free.
void GrowByHand(Recording* r, const Stack& stack, const std::vector<uint64_t>& sizes) {
  uint64_t address = 0x100000;
  for (size_t i = 0; i < sizes.size(); i++) {
    r->Malloc(1, stack, address + i * 0x10000, sizes[i]);
    if (i > 0) r->Free(1, address + (i - 1) * 0x10000);
  }
}

TEST(GrowthTest, ReallocsToLargerBlocksAreAChain) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 16).Realloc(1, kB, 0x1000, 0x2000, 32);
  r.Realloc(1, kB, 0x2000, 0x2000, 64).Free(1, 0x2000);
  const SiteGrowth g = Grown(r);
  EXPECT_EQ(g.chains, 1u);
  EXPECT_EQ(g.steps, 2u);
  EXPECT_EQ(g.steps_max, 2u);
  EXPECT_EQ(g.moved, 1u);
  EXPECT_EQ(g.copied_bytes, 48u);
  EXPECT_EQ(g.start_sizes.Quantile(1), 16u);
  EXPECT_EQ(g.final_sizes.Quantile(1), 64u);
}

TEST(GrowthTest, AChainBelongsToTheSiteOfItsLastBlock) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 16).Realloc(1, kB, 0x1000, 0x2000, 32);
  const Observed<Growth> o(r);
  ASSERT_EQ(o->sites().size(), 2u);
  EXPECT_EQ(o->sites()[0].chains, 0u);
  EXPECT_EQ(o->sites()[1].chains, 1u);
}

TEST(GrowthTest, AVectorThatDoublesIsAChainWithItsSizes) {
  Recording r;
  GrowByHand(&r, kA, {8, 16, 32, 64, 128});
  r.Free(1, 0x100000 + 4 * 0x10000);
  const SiteGrowth g = Grown(r);
  EXPECT_EQ(g.chains, 1u);
  EXPECT_EQ(g.steps, 4u);
  EXPECT_EQ(g.copied_bytes, 8u + 16 + 32 + 64);
  EXPECT_EQ(g.start_sizes.Quantile(1), 8u);
  EXPECT_EQ(g.final_sizes.Quantile(1), 128u);
}

TEST(GrowthTest, AVectorThatGrowsByHalfIsAChain) {
  Recording r;
  GrowByHand(&r, kA, {100, 150, 225, 338});
  EXPECT_EQ(Grown(r).steps, 3u);
}

TEST(GrowthTest, AChainStillLiveAtTheEndCounts) {
  Recording r;
  GrowByHand(&r, kA, {8, 16, 32});
  EXPECT_EQ(Grown(r).chains, 1u);
  EXPECT_EQ(Grown(r).steps, 2u);
}

TEST(GrowthTest, TwoVectorsThatDoubleInTurnAreTwoChains) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 8).Malloc(1, kA, 0x2000, 64);
  r.Malloc(1, kA, 0x3000, 16).Free(1, 0x1000).Malloc(1, kA, 0x4000, 128).Free(1, 0x2000);
  r.Malloc(1, kA, 0x5000, 32).Free(1, 0x3000).Malloc(1, kA, 0x6000, 256).Free(1, 0x4000);
  const SiteGrowth g = Grown(r);
  EXPECT_EQ(g.chains, 2u);
  EXPECT_EQ(g.steps, 4u);
  EXPECT_EQ(g.final_sizes.Quantile(0.5), 32u);
  EXPECT_EQ(g.final_sizes.Quantile(1), Histogram::UpperEnd(Histogram::IndexOf(256)));
}

// Look-alikes.

TEST(GrowthTest, ALargerBlockAfterTheFreeIsNoStep) {
  Recording r;
  for (uint64_t size = 8; size < 5000; size *= 2) {
    r.Malloc(1, kA, 0x1000, size).Free(1, 0x1000);
  }
  EXPECT_EQ(Grown(r).chains, 0u);
}

TEST(GrowthTest, GrowthOfLessThanHalfIsNoStep) {
  Recording r;
  GrowByHand(&r, kA, {100, 149, 222, 331});
  EXPECT_EQ(Grown(r).steps, 0u);
}

TEST(GrowthTest, AnotherSitesLargerBlockIsNoStep) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 8).Malloc(1, kB, 0x2000, 16).Free(1, 0x1000);
  EXPECT_EQ(Grown(r).chains, 0u);
}

TEST(GrowthTest, AnotherThreadsLargerBlockIsNoStep) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 8).Malloc(2, kA, 0x2000, 16).Free(1, 0x1000).Free(2, 0x2000);
  EXPECT_EQ(Grown(r).chains, 0u);
}

TEST(GrowthTest, AListOfMixedSizesFreedInOrderIsNoChain) {
  Recording r;
  const uint64_t sizes[] = {24, 40, 100, 17, 70, 200, 30, 90};
  for (uint64_t i = 0; i < 8; i++) r.Malloc(1, kA, 0x1000 + i * 0x1000, sizes[i]);
  for (uint64_t i = 0; i < 8; i++) r.Free(1, 0x1000 + i * 0x1000);
  EXPECT_EQ(Grown(r).chains, 0u);
}

TEST(GrowthTest, AReallocToASmallerBlockIsNoStep) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 64).Realloc(1, kA, 0x1000, 0x1000, 32).Free(1, 0x1000);
  EXPECT_EQ(Grown(r).chains, 0u);
}

}  // namespace
}  // namespace allocprof::model
