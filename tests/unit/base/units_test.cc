// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace allocprof {
namespace {

TEST(UnitsTest, CountsHaveSeparators) {
  EXPECT_EQ(CountText(uint64_t{0}), "0");
  EXPECT_EQ(CountText(uint64_t{999}), "999");
  EXPECT_EQ(CountText(uint64_t{1000}), "1,000");
  EXPECT_EQ(CountText(uint64_t{1234567}), "1,234,567");
  EXPECT_EQ(CountText(UINT64_MAX), "18,446,744,073,709,551,615");
  EXPECT_EQ(CountText(int64_t{-1000}), "-1,000");
  EXPECT_EQ(CountText(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(UnitsTest, BytesAreExactBelowOneKibibyte) {
  EXPECT_EQ(BytesText(uint64_t{0}), "0 B");
  EXPECT_EQ(BytesText(uint64_t{1023}), "1023 B");
  EXPECT_EQ(BytesText(int64_t{-5}), "-5 B");
}

TEST(UnitsTest, LargerBytesHaveOneDecimal) {
  EXPECT_EQ(BytesText(uint64_t{1024}), "1.0 KiB");
  EXPECT_EQ(BytesText(uint64_t{1536}), "1.5 KiB");
  EXPECT_EQ(BytesText(uint64_t{1} << 30), "1.0 GiB");
  EXPECT_EQ(BytesText(UINT64_MAX), "16.0 EiB");
}

TEST(UnitsTest, NoUnitReaches1024) {
  EXPECT_EQ(BytesText((uint64_t{1} << 20) - 1), "1.0 MiB");
  EXPECT_EQ(BytesText((uint64_t{1} << 50) - 1), "1.0 PiB");
}

TEST(UnitsTest, SecondsHaveThreeDigits) {
  EXPECT_EQ(SecondsText(0), "0 s");
  EXPECT_EQ(SecondsText(1.5e-9), "1.50 ns");
  EXPECT_EQ(SecondsText(1.5e-6), "1.50 µs");
  EXPECT_EQ(SecondsText(1.5e-6, true), "1.50 us");
  EXPECT_EQ(SecondsText(0.0123), "12.3 ms");
  EXPECT_EQ(SecondsText(123.4), "123 s");
  EXPECT_EQ(SecondsText(12345), "12,345 s");
  EXPECT_EQ(SecondsText(-0.5), "-500 ms");
}

TEST(UnitsTest, RoundingNeverGivesAFourthDigit) {
  EXPECT_EQ(SecondsText(999.9e-9), "1.00 µs");
  EXPECT_EQ(SecondsText(9.999e-3), "10.0 ms");
  EXPECT_EQ(SecondsText(99.99e-3), "100 ms");
  EXPECT_EQ(SecondsText(0.9999), "1.00 s");
}

TEST(UnitsTest, ATimeThatIsNoneIsUnknown) {
  EXPECT_EQ(SecondsText(NAN), "unknown");
  EXPECT_EQ(SecondsText(INFINITY), "unknown");
}

TEST(UnitsTest, PercentNeverRoundsSomethingToNothingOrAPartToTheWhole) {
  EXPECT_EQ(PercentText(0, 10), "0 %");
  EXPECT_EQ(PercentText(1, 1000000), "<0.1 %");
  EXPECT_EQ(PercentText(1, 3), "33.3 %");
  EXPECT_EQ(PercentText(999999, 1000000), ">99.9 %");
  EXPECT_EQ(PercentText(10, 10), "100 %");
  EXPECT_EQ(PercentText(15, 10), "150.0 %");
}

TEST(UnitsTest, PercentOfNothingIsEmpty) {
  EXPECT_EQ(PercentText(1, 0), "");
  EXPECT_EQ(PercentText(NAN, 1), "");
}

}  // namespace
}  // namespace allocprof
