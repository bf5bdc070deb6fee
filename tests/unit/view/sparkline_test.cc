// SPDX-License-Identifier: Apache-2.0
#include "view/sparkline.h"

#include <gtest/gtest.h>

namespace allocprof::view {
namespace {

TEST(Resample, KeepsAShortPeak) {
  EXPECT_EQ(Resample({{0, 1}, {0.1, 99}, {0.2, 1}, {3.9, 2}}, 4, 4),
            (std::vector<double>{99, 1, 1, 2}));
}

TEST(Resample, CarriesTheLastValueOverGaps) {
  EXPECT_EQ(Resample({{0, 5}, {9, 7}}, 10, 5), (std::vector<double>{5, 5, 5, 5, 7}));
}

TEST(Resample, TakesWhatIsAtOrBehindTheEnd) {
  EXPECT_EQ(Resample({{0, 1}, {10, 8}, {11, 3}}, 10, 2), (std::vector<double>{1, 8}));
}

TEST(Resample, HandlesNothing) {
  EXPECT_EQ(Resample({}, 10, 3), (std::vector<double>{0, 0, 0}));
  EXPECT_TRUE(Resample({{0, 1}}, 10, 0).empty());
  EXPECT_EQ(Resample({{0, 1}}, 0, 2).back(), 1);
}

TEST(Sparkline, IsProportional) {
  EXPECT_EQ(Sparkline({0, 1, 2, 3, 4, 5, 6, 7, 8}, 1, true),
            (std::vector<std::string>{" ▁▂▃▄▅▆▇█"}));
}

TEST(Sparkline, ShowsTheSmallestThatIsNotZero) {
  EXPECT_EQ(Sparkline({0, 1, 1e9}, 1, true), (std::vector<std::string>{" ▁█"}));
}

TEST(Sparkline, StacksLines) {
  EXPECT_EQ(Sparkline({8, 16, 12}, 2, true), (std::vector<std::string>{" █▄", "███"}));
}

TEST(Sparkline, FallsBackToAscii) {
  EXPECT_EQ(Sparkline({0, 1, 8}, 1, false), (std::vector<std::string>{" .@"}));
  EXPECT_EQ(Sparkline({3, 6}, 2, false), (std::vector<std::string>{" #", "##"}));
}

TEST(Sparkline, AllZeroIsBlank) {
  EXPECT_EQ(Sparkline({0, 0}, 1, true), (std::vector<std::string>{"  "}));
  EXPECT_EQ(Sparkline({}, 2, true), (std::vector<std::string>{"", ""}));
}

}  // namespace
}  // namespace allocprof::view
