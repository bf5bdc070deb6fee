// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace allocprof {
namespace {

TEST(Units, CountsHaveSeparators) {
  EXPECT_EQ(CountText(uint64_t{0}), "0");
  EXPECT_EQ(CountText(uint64_t{999}), "999");
  EXPECT_EQ(CountText(uint64_t{1000}), "1,000");
  EXPECT_EQ(CountText(uint64_t{123456}), "123,456");
  EXPECT_EQ(CountText(uint64_t{1234567}), "1,234,567");
  EXPECT_EQ(CountText(UINT64_MAX), "18,446,744,073,709,551,615");
  EXPECT_EQ(CountText(int64_t{-1000}), "-1,000");
  EXPECT_EQ(CountText(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(Units, BytesAreExactBelowOneKibibyte) {
  EXPECT_EQ(BytesText(uint64_t{0}), "0 B");
  EXPECT_EQ(BytesText(uint64_t{1023}), "1023 B");
  EXPECT_EQ(BytesText(uint64_t{1024}), "1.0 KiB");
}

TEST(Units, BytesNeverRoundToTheNextUnitsNumber) {
  EXPECT_EQ(BytesText(uint64_t{1023} * 1024), "1023.0 KiB");
  EXPECT_EQ(BytesText(uint64_t{1024 * 1024 - 1}), "1.0 MiB");
  EXPECT_EQ(BytesText(uint64_t{1024 * 1024}), "1.0 MiB");
  EXPECT_EQ(BytesText(uint64_t{1} << 30), "1.0 GiB");
  EXPECT_EQ(BytesText((uint64_t{1} << 40) - 1), "1.0 TiB");
  EXPECT_EQ(BytesText(UINT64_MAX), "16.0 EiB");
  EXPECT_EQ(BytesText(int64_t{-1536}), "-1.5 KiB");
}

TEST(Units, SecondsHaveThreeDigits) {
  EXPECT_EQ(SecondsText(0), "0 s");
  EXPECT_EQ(SecondsText(123e-9), "123 ns");
  EXPECT_EQ(SecondsText(1.234e-6), "1.23 µs");
  EXPECT_EQ(SecondsText(1.234e-6, true), "1.23 us");
  EXPECT_EQ(SecondsText(0.0123), "12.3 ms");
  EXPECT_EQ(SecondsText(0.9994), "999 ms");
  EXPECT_EQ(SecondsText(0.9996), "1.00 s");
  EXPECT_EQ(SecondsText(9.996), "10.0 s");
  EXPECT_EQ(SecondsText(99.96), "100 s");
  EXPECT_EQ(SecondsText(999.6), "1,000 s");
  EXPECT_EQ(SecondsText(86400), "86,400 s");
  EXPECT_EQ(SecondsText(-0.5), "-500 ms");
  EXPECT_EQ(SecondsText(NAN), "unknown");
}

TEST(Units, PercentNeverLiesAtTheEnds) {
  EXPECT_EQ(PercentText(0, 10), "0 %");
  EXPECT_EQ(PercentText(10, 10), "100 %");
  EXPECT_EQ(PercentText(1, 1e6), "<0.1 %");
  EXPECT_EQ(PercentText(999999, 1e6), ">99.9 %");
  EXPECT_EQ(PercentText(1, 8), "12.5 %");
  EXPECT_EQ(PercentText(1, 0), "");
}

}  // namespace
}  // namespace allocprof
