// SPDX-License-Identifier: Apache-2.0
#include "analysis/time_point.h"

#include <gtest/gtest.h>

namespace allocprof::analysis {
namespace {

// A run of two seconds of a thousand stamps each, from stamp 5000 on.
trace::Trace Run2s() {
  trace::Trace t;
  t.header.stamp = 5000;
  t.end_stamp = 7000;
  t.stamps_per_second = 1000;
  t.samples.push_back({7000, 0, 0});
  t.marks = {{5500, "loaded"}, {6500, "50"}};
  return t;
}

uint64_t At(const std::string& text) {
  const auto r = ParseTimePoint("--at", text, Run2s());
  EXPECT_TRUE(r.ok()) << text << ": " << r.status().message();
  return r.ok() ? r.value() : 0;
}
std::string ErrorOf(const std::string& text) {
  const auto r = ParseTimePoint("--at", text, Run2s());
  EXPECT_FALSE(r.ok()) << text;
  EXPECT_EQ(r.status().code(), ErrorCode::kUsage);
  return r.status().message();
}

TEST(TimePointTest, SecondsCountFromTheStart) {
  EXPECT_EQ(At("0"), 5000u);
  EXPECT_EQ(At("1.25"), 6250u);
  EXPECT_EQ(At("1.25s"), 6250u);
  EXPECT_EQ(At("250ms"), 5250u);
  EXPECT_EQ(At("2000us"), 5002u);
  EXPECT_EQ(At("2"), 7000u);
}

TEST(TimePointTest, APercentageIsOfTheRun) {
  EXPECT_EQ(At("0%"), 5000u);
  EXPECT_EQ(At("25%"), 5500u);
  EXPECT_EQ(At("100%"), 7000u);
}

TEST(TimePointTest, TheEndsAndMarksHaveNames) {
  EXPECT_EQ(At("start"), 5000u);
  EXPECT_EQ(At("end"), 7000u);
  EXPECT_EQ(At("loaded"), 5500u);
}

TEST(TimePointTest, AMarksNameGoesBeforeANumber) { EXPECT_EQ(At("50"), 6500u); }

TEST(TimePointTest, WhatIsWrongIsSaidWithARemedy) {
  EXPECT_EQ(ErrorOf("lunch"),
            "--at lunch: no time and no mark; write 12.5, 250ms, 40% or the name of a mark (the "
            "trace has loaded, 50)");
  EXPECT_EQ(ErrorOf("3"), "--at 3: the run lasted 2.00 s");
  EXPECT_EQ(ErrorOf("101%"), "--at 101%: a run has 100%");
  EXPECT_EQ(ErrorOf("1parsec"), "--at 1parsec: no unit of time; write s, ms, us, min or %");
  EXPECT_EQ(ErrorOf("-1").substr(0, 30), "--at -1: no time and no mark; ");
  EXPECT_EQ(ErrorOf("nan").substr(0, 31), "--at nan: no time and no mark; ");
  EXPECT_EQ(ErrorOf("").substr(0, 29), "--at : no time and no mark; w");
}

}  // namespace
}  // namespace allocprof::analysis
