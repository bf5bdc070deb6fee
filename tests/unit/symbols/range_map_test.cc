// SPDX-License-Identifier: Apache-2.0
#include "symbols/range_map.h"

#include <gtest/gtest.h>

#include <random>

namespace allocprof::symbols {
namespace {

TEST(RangeMapTest, EmptyFindsNothing) {
  RangeMap map;
  map.Seal();
  EXPECT_EQ(map.Find(0), std::nullopt);
  EXPECT_EQ(map.Find(UINT64_MAX), std::nullopt);
}

TEST(RangeMapTest, EndIsOutside) {
  RangeMap map;
  map.Add(10, 20, 1);
  map.Seal();
  EXPECT_EQ(map.Find(9), std::nullopt);
  EXPECT_EQ(map.Find(10), 1u);
  EXPECT_EQ(map.Find(19), 1u);
  EXPECT_EQ(map.Find(20), std::nullopt);
}

TEST(RangeMapTest, InnermostWinsAndOuterReturns) {
  RangeMap map;
  map.Add(0, 100, 1);
  map.Add(10, 50, 2);
  map.Add(20, 30, 3);
  map.Seal();
  EXPECT_EQ(map.Find(5), 1u);
  EXPECT_EQ(map.Find(15), 2u);
  EXPECT_EQ(map.Find(25), 3u);
  EXPECT_EQ(map.Find(30), 2u);
  EXPECT_EQ(map.Find(50), 1u);
}

TEST(RangeMapTest, OfEqualRangesTheLastAddedWins) {
  RangeMap map;
  map.Add(0, 10, 1);
  map.Add(0, 10, 2);
  map.Seal();
  EXPECT_EQ(map.Find(3), 2u);
}

TEST(RangeMapTest, RankBeatsLengthAndOrder) {
  RangeMap map;
  map.Add(0, 10, 1, 9);
  map.Add(0, 5, 2, 1);
  map.Seal();
  EXPECT_EQ(map.Find(3), 1u);
}

TEST(RangeMapTest, BackwardAndEmptyRangesAreDropped) {
  RangeMap map;
  map.Add(10, 10, 1);
  map.Add(20, 5, 2);
  map.Seal();
  EXPECT_TRUE(map.empty());
}

TEST(RangeMapTest, AgreesWithLinearSearch) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    struct Range {
      uint64_t begin, end;
    };
    std::vector<Range> ranges;
    RangeMap map;
    for (uint32_t i = 0; i < 30; ++i) {
      const uint64_t begin = random() % 60;
      ranges.push_back({begin, begin + 1 + random() % 20});
      map.Add(ranges[i].begin, ranges[i].end, i);
    }
    map.Seal();
    for (uint64_t at = 0; at < 90; ++at) {
      std::optional<uint32_t> best;
      for (uint32_t i = 0; i < ranges.size(); ++i) {
        if (at < ranges[i].begin || at >= ranges[i].end) continue;
        const bool wins =
            !best || ranges[i].begin > ranges[*best].begin ||
            (ranges[i].begin == ranges[*best].begin && ranges[i].end <= ranges[*best].end);
        if (wins) best = i;
      }
      ASSERT_EQ(map.Find(at), best) << "round " << round << " at " << at;
    }
  }
}

}  // namespace
}  // namespace allocprof::symbols
