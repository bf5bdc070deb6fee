// SPDX-License-Identifier: Apache-2.0
#include "model/pair_cache.h"

#include <gtest/gtest.h>

#include <random>

namespace allocprof::model {
namespace {

constexpr unsigned kBits = PairCache<uint64_t>::kFirstBits;

uint64_t Answer(uint32_t first, uint32_t second) { return uint64_t{first} * 1000003 + second; }

TEST(PairCacheTest, AnswersAreRightWithMorePairsThanRoom) {
  PairCache<uint64_t> cache(kBits + 1);
  std::mt19937 random(1);
  uint64_t found = 0;
  for (int i = 0; i < 200000; i++) {
    const uint32_t first = random() % 300, second = random() % 300;
    const auto find = [&] {
      found++;
      return Answer(first, second);
    };
    ASSERT_EQ(cache.Of(first, second, find), Answer(first, second));
  }
  EXPECT_EQ(cache.cells(), size_t{2} << kBits);
  EXPECT_GT(found, 90000u) << "that many pairs cannot be kept";
}

TEST(PairCacheTest, WhatIsAskedAgainIsAtHand) {
  PairCache<uint64_t> cache(20);
  int found = 0;
  for (int round = 0; round < 3; round++) {
    for (uint32_t i = 0; i < 50; i++) {
      cache.Of(0, i, [&] { return static_cast<uint64_t>(++found); });
    }
  }
  EXPECT_LE(found, 55);
  EXPECT_EQ(cache.cells(), size_t{1} << kBits) << "few pairs take little room";
}

TEST(PairCacheTest, GrowingKeepsAnswers) {
  PairCache<uint64_t> cache(20);
  for (uint32_t i = 0; i < 20000; i++) {
    cache.Of(i, 7, [&] { return Answer(i, 7); });
  }
  EXPECT_GE(cache.cells(), size_t{20000});
  uint64_t lost = 0;
  for (uint32_t i = 0; i < 20000; i++) {
    const auto find = [&] {
      lost++;
      return Answer(i, 7);
    };
    ASSERT_EQ(cache.Of(i, 7, find), Answer(i, 7));
  }
  EXPECT_LT(lost, 20000u / 2);
}

TEST(PairCacheTest, TheTwoNumbersAreNotExchanged) {
  PairCache<uint64_t> cache(kBits);
  cache.Of(1, 2, [] { return uint64_t{12}; });
  EXPECT_EQ(cache.Of(2, 1, [] { return uint64_t{21}; }), 21u);
  EXPECT_EQ(cache.Of(0, 0, [] { return uint64_t{99}; }), 99u);
  cache.Clear();
  EXPECT_EQ(cache.cells(), 0u);
  EXPECT_EQ(cache.Of(1, 2, [] { return uint64_t{13}; }), 13u);
}

}  // namespace
}  // namespace allocprof::model
