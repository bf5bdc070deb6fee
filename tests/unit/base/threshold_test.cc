// SPDX-License-Identifier: Apache-2.0
#include "base/threshold.h"

#include <gtest/gtest.h>

namespace allocprof {
namespace {

double Amount(const char* text, double whole = 0) {
  const Result<Threshold> t = ParseThreshold(text);
  EXPECT_TRUE(t.ok()) << t.status().message();
  return t.ok() ? t.value().Of(whole) : -1;
}

TEST(ThresholdTest, NumbersSizesAndShares) {
  EXPECT_EQ(Amount("0"), 0);
  EXPECT_EQ(Amount("1000"), 1000);
  EXPECT_EQ(Amount("1.5 KiB"), 1536);
  EXPECT_EQ(Amount("64K"), 65536);
  EXPECT_EQ(Amount("2MB"), 2e6);
  EXPECT_EQ(Amount("1GiB"), 1073741824);
  EXPECT_EQ(Amount("0.5%", 2000), 10);
  EXPECT_EQ(Amount("100 %", 2000), 2000);
}

TEST(ThresholdTest, RefusesWhatIsNoAmount) {
  for (const char* text : {"", "%", "-1", "1e3", "12 apples", "101%", "nan", "inf", "1 KiB more"}) {
    const Result<Threshold> t = ParseThreshold(text);
    ASSERT_FALSE(t.ok()) << text;
    EXPECT_EQ(t.status().message(),
              "'" + std::string(text) + "' is no amount: write 1000, 64KiB or 0.5%");
  }
}

}  // namespace
}  // namespace allocprof
