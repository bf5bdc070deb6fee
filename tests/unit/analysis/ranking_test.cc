// SPDX-License-Identifier: Apache-2.0
#include "analysis/ranking.h"

#include <gtest/gtest.h>

namespace allocprof::analysis {
namespace {

using report::Value;

report::Table Sample() {
  report::Table t;
  t.columns = {{"name"}, {"count"}, {"bytes"}};
  t.rows = {{std::string("a"), uint64_t{1}, uint64_t{500}},
            {std::string("b"), uint64_t{9}, uint64_t{10}},
            {std::string("c"), uint64_t{5}, uint64_t{70}},
            {std::string("d"), uint64_t{5}, uint64_t{80}}};
  return t;
}
const std::vector<bool> kAdditive = {false, true, true};

std::string Names(const report::Table& t) {
  std::string names;
  for (const auto& row : t.rows) names += std::get<std::string>(row[0]);
  return names;
}

TEST(RankingTest, TheLargestComesFirstAndEqualsKeepTheirOrder) {
  report::Table t = Sample();
  RankAndCut(&t, "count", 0, kAdditive);
  EXPECT_EQ(Names(t), "bcda");
  EXPECT_EQ(t.omitted_rows, 0u);
  EXPECT_TRUE(t.omitted.empty());
}

TEST(RankingTest, WhatIsCutIsSummed) {
  report::Table t = Sample();
  RankAndCut(&t, "bytes", 1, kAdditive);
  EXPECT_EQ(Names(t), "a");
  EXPECT_EQ(t.omitted_rows, 3u);
  ASSERT_EQ(t.omitted.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(t.omitted[0]));
  EXPECT_EQ(std::get<uint64_t>(t.omitted[1]), 19u);
  EXPECT_EQ(std::get<uint64_t>(t.omitted[2]), 160u);
}

TEST(RankingTest, AColumnWithoutASumStaysUnknown) {
  report::Table t = Sample();
  RankAndCut(&t, "bytes", 2, {false, true, false});
  EXPECT_TRUE(std::holds_alternative<std::monostate>(t.omitted[2]));
}

TEST(RankingTest, ShownAndOmittedAddUpWhereverItIsCut) {
  for (uint64_t top = 0; top <= 5; top++) {
    report::Table t = Sample();
    RankAndCut(&t, "count", top, kAdditive);
    uint64_t sum = t.omitted.empty() ? 0 : std::get<uint64_t>(t.omitted[2]);
    for (const auto& row : t.rows) sum += std::get<uint64_t>(row[2]);
    EXPECT_EQ(sum, 660u) << top;
    EXPECT_EQ(t.rows.size() + t.omitted_rows, 4u) << top;
  }
}

TEST(RankingTest, StacksMoveWithTheirRows) {
  report::Table t = Sample();
  for (const auto& row : t.rows) t.stacks.push_back({{.function = std::get<std::string>(row[0])}});
  RankAndCut(&t, "count", 3, kAdditive);
  ASSERT_EQ(t.stacks.size(), 3u);
  for (size_t i = 0; i < 3; i++) {
    EXPECT_EQ(t.stacks[i][0].function, std::get<std::string>(t.rows[i][0]));
  }
}

TEST(RankingTest, AnUnknownFigureRanksAsNothing) {
  report::Table t = Sample();
  t.rows[1][1] = Value();
  RankAndCut(&t, "count", 0, kAdditive);
  EXPECT_EQ(Names(t), "cdab");
}

TEST(RankingTest, AnEmptyTableStaysEmpty) {
  report::Table t;
  t.columns = {{"name"}, {"count"}, {"bytes"}};
  RankAndCut(&t, "count", 10, kAdditive);
  EXPECT_TRUE(t.rows.empty());
  EXPECT_EQ(t.omitted_rows, 0u);
}

}  // namespace
}  // namespace allocprof::analysis
