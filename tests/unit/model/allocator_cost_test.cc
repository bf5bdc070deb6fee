// SPDX-License-Identifier: Apache-2.0
#include "model/allocator_cost.h"

#include <gtest/gtest.h>

#include "observed.h"

namespace allocprof::model {
namespace {

using test::Recording;

TEST(CostHistogramTest, QuantilesAreWithinABucketOfTheTruth) {
  CostHistogram h;
  for (uint64_t v = 1; v <= 1000; v++) h.Add(v);
  EXPECT_EQ(h.count(), 1000u);
  EXPECT_NEAR(h.Quantile(0.5), 500, 500 * 0.07);
  EXPECT_NEAR(h.Quantile(0.99), 990, 990 * 0.07);
  EXPECT_NEAR(h.Quantile(1), 1000, 1000 * 0.07);
  EXPECT_NEAR(h.MeanUpTo(1e9), 500.5, 500 * 0.02);
  EXPECT_NEAR(h.MeanUpTo(100), 95, 5);
}

TEST(CostHistogramTest, SmallValuesAreExactAndLargeOnesFit) {
  CostHistogram h;
  EXPECT_EQ(h.Quantile(0.5), 0);
  EXPECT_EQ(h.MeanUpTo(10), 0);
  h.Add(0);
  h.Add(7);
  h.Add(UINT64_MAX);
  EXPECT_EQ(h.Quantile(0), 0);
  EXPECT_EQ(h.Quantile(0.6), 7);
  EXPECT_GT(h.Quantile(1), 1e19);
}

TEST(CostHistogramTest, MergedIsAsIfAddedToOne) {
  CostHistogram a, b;
  a.Add(10);
  b.Add(1000);
  b.Add(12);
  a.Merge(b);
  EXPECT_EQ(a.count(), 3u);
  EXPECT_EQ(a.Quantile(0.5), 12);
}

TEST(AllocatorCostTest, ClassesEndAtPowersOfTwo) {
  EXPECT_EQ(AllocatorCost::ClassOf(0), 0u);
  EXPECT_EQ(AllocatorCost::ClassOf(1), 0u);
  EXPECT_EQ(AllocatorCost::ClassOf(2), 1u);
  EXPECT_EQ(AllocatorCost::ClassOf(16), 4u);
  EXPECT_EQ(AllocatorCost::ClassOf(17), 5u);
  EXPECT_EQ(AllocatorCost::ClassOf(UINT64_MAX), 64u);
}

TEST(AllocatorCostTest, CallsAreCountedAndTimedByKindAndSize) {
  Recording r;
  r.Malloc(1, {0x10}, 0x1000, 10);
  r.Block(1).Cost(70, 24);
  r.Realloc(1, {0x10}, 0x1000, 0x2000, 100);
  r.Block(1).Cost(90, 104);
  r.Malloc(1, {0x10}, 0x3000, 10).Free(1, 0x2000);
  r.Block(1).Cost(60, 0);
  const Observed<AllocatorCost> o(r);
  const auto& small = o->Of(AllocatorCost::kAllocate, 4);
  EXPECT_EQ(small.calls, 2u);
  EXPECT_EQ(small.cost.count(), 1u);
  EXPECT_NEAR(small.cost.Quantile(0.5), 70, 5);
  const auto& grown = o->Of(AllocatorCost::kReallocate, 7);
  EXPECT_EQ(grown.calls, 1u);
  EXPECT_NEAR(grown.cost.Quantile(0.5), 90, 6);
  const auto& freed = o->Of(AllocatorCost::kFree, 7);
  EXPECT_EQ(freed.calls, 1u);
  EXPECT_NEAR(freed.cost.Quantile(0.5), 60, 4);
  EXPECT_EQ(o->sized_blocks(), 2u);
}

TEST(AllocatorCostTest, SlackIsThatOfTheBlocksAliveAtThePeakAndAtTheEnd) {
  Recording r;
  for (uint64_t i = 1; i <= 10; i++) r.Malloc(1, {0x10}, i * 0x100, 10);
  r.Block(1).Cost(70, 24);  // 14 more than asked for
  for (uint64_t i = 1; i <= 7; i++) r.Free(1, i * 0x100);
  const Observed<AllocatorCost> o(r);
  EXPECT_DOUBLE_EQ(o->slack_at_peak(), 140);
  EXPECT_DOUBLE_EQ(o->slack_at_end(), 42);
}

TEST(AllocatorCostTest, AnyOddSizeHasAPlace) {
  Recording r;
  uint64_t address = 0x1000;
  for (const uint64_t size : {uint64_t{0}, uint64_t{511}, uint64_t{512}, uint64_t{513},
                              uint64_t{1} << 40, UINT64_MAX >> 1}) {
    r.Malloc(1, {0x10}, address += 0x1000, size);
    r.Block(1).Cost(70, size + 8);
  }
  const Observed<AllocatorCost> o(r);
  EXPECT_DOUBLE_EQ(o->slack_at_end(), 6 * 8);
}

}  // namespace
}  // namespace allocprof::model
