// SPDX-License-Identifier: Apache-2.0
#include "budget/limit.h"

#include <gtest/gtest.h>

namespace allocprof::budget {
namespace {

const Metric& kCounts = *FindMetric("allocations");
const Metric& kSizes = *FindMetric("peak_bytes");

uint64_t Amount(const char* text, const Metric& metric = kSizes) {
  const Result<Limit> limit = ParseLimit(text, metric);
  EXPECT_TRUE(limit.ok()) << text;
  EXPECT_FALSE(limit.ok() && limit.value().of_baseline) << text;
  return limit.ok() ? limit.value().amount : 0;
}

Range Around(Bound bound, double percent, uint64_t baseline) {
  Limit limit;
  limit.bound = bound;
  limit.of_baseline = true;
  limit.percent = percent;
  return RangeOf(limit, baseline);
}

TEST(LimitTest, SizesArePowersOfAThousandOrOf1024ByTheirUnit) {
  EXPECT_EQ(Amount("10 MiB"), 10u * 1024 * 1024);
  EXPECT_EQ(Amount("1.5KiB"), 1536u);
  EXPECT_EQ(Amount("10 kB"), 10000u);
  EXPECT_EQ(Amount("3 MB"), 3000000u);
  EXPECT_EQ(Amount("0"), 0u);
  EXPECT_EQ(Amount("77", kCounts), 77u);
}

TEST(LimitTest, WhatIsNoAmountOfTheMetricIsRefused) {
  for (const char* text : {"", "x", "-1", "10 parsecs", "0.3 B", "1.5", "nan", "inf", "%", "-5%",
                           "5%%", "1e3", "99999999999999999999", "5 %x"}) {
    EXPECT_FALSE(ParseLimit(text, kSizes).ok()) << text;
  }
  EXPECT_EQ(ParseLimit("10 KiB", kCounts).status().message(),
            "'10 KiB' is no amount of allocations: write 1000 or \"5%\"");
  EXPECT_EQ(ParseLimit("10 lb", kSizes).status().message(),
            "'10 lb' is no amount of peak bytes: write 1000, \"64 KiB\" or \"5%\"");
}

TEST(LimitTest, APercentageIsAroundTheBaseline) {
  const Result<Limit> limit = ParseLimit("2.5 %", kCounts);
  ASSERT_TRUE(limit.ok());
  EXPECT_TRUE(limit.value().of_baseline);
  EXPECT_EQ(limit.value().percent, 2.5);
  EXPECT_EQ(Around(Bound::kMax, 5, 1000).high, 1050u);
  EXPECT_EQ(Around(Bound::kMax, 5, 1000).low, 0u);
  EXPECT_EQ(Around(Bound::kMin, 5, 1000).low, 950u);
  EXPECT_EQ(Around(Bound::kMin, 5, 1000).high, UINT64_MAX);
  EXPECT_TRUE(Around(Bound::kEqual, 10, 100).Holds(90));
  EXPECT_FALSE(Around(Bound::kEqual, 10, 100).Holds(111));
  // Down to whole things on either side, so that 5 % of 10 is nothing.
  EXPECT_EQ(Around(Bound::kMax, 5, 10).high, 10u);
  EXPECT_EQ(Around(Bound::kMin, 5, 10).low, 10u);
  EXPECT_EQ(Around(Bound::kMin, 500, 10).low, 0u);
}

TEST(LimitTest, NoPercentageIsExactBeyondWhatADoubleHolds) {
  const uint64_t odd = (uint64_t{1} << 60) + 1;
  EXPECT_EQ(Around(Bound::kMax, 0, odd).high, odd);
  EXPECT_EQ(Around(Bound::kMax, 1e6, UINT64_MAX).high, UINT64_MAX);
}

TEST(LimitTest, AFigureIsExactOnBothSides) {
  Limit limit;
  limit.bound = Bound::kEqual;
  limit.amount = 7;
  EXPECT_TRUE(RangeOf(limit, 0).Holds(7));
  EXPECT_FALSE(RangeOf(limit, 0).Holds(6));
  EXPECT_FALSE(RangeOf(limit, 0).Holds(8));
}

}  // namespace
}  // namespace allocprof::budget
