// SPDX-License-Identifier: Apache-2.0
#include "model/histogram.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace allocprof::model {
namespace {

TEST(HistogramTest, WithoutValuesThereIsNoQuantile) {
  const Histogram h;
  EXPECT_TRUE(h.empty());
  EXPECT_EQ(h.count(), 0u);
  EXPECT_EQ(h.Quantile(0.5), 0u);
}

TEST(HistogramTest, SmallValuesAreExact) {
  Histogram h;
  for (uint64_t v = 1; v <= 100; v++) h.Add(v);
  EXPECT_EQ(h.count(), 100u);
  EXPECT_EQ(h.Quantile(0.5), 50u);
  EXPECT_EQ(h.Quantile(0.95), 95u);
  EXPECT_EQ(h.Quantile(0.99), 99u);
  EXPECT_EQ(h.Quantile(1), 100u);
  EXPECT_EQ(h.Quantile(0.001), 1u);
}

TEST(HistogramTest, ZeroIsAValue) {
  Histogram h;
  h.Add(0, 3);
  h.Add(7);
  EXPECT_EQ(h.Quantile(0.5), 0u);
  EXPECT_EQ(h.Quantile(0.9), 7u);
}

TEST(HistogramTest, EveryValueIsInItsBucketAndBucketsMeet) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100000; i++) {
    const uint64_t v = random() >> (random() % 64);
    const uint32_t index = Histogram::IndexOf(v);
    ASSERT_LE(v, Histogram::UpperEnd(index)) << v;
    if (index != 0) {
      ASSERT_GT(v, Histogram::UpperEnd(index - 1)) << v;
    }
    ASSERT_LE(static_cast<double>(Histogram::UpperEnd(index)), 1.0625 * static_cast<double>(v) + 1);
  }
  EXPECT_EQ(Histogram::UpperEnd(Histogram::IndexOf(UINT64_MAX)), UINT64_MAX);
  EXPECT_EQ(Histogram::IndexOf(255) + 1, Histogram::IndexOf(256));
}

TEST(HistogramTest, APowerOfTwoIsTheLastOfItsBucket) {
  for (int i = 0; i < 64; i++) {
    const uint64_t v = uint64_t{1} << i;
    EXPECT_EQ(Histogram::UpperEnd(Histogram::IndexOf(v)), v);
  }
}

TEST(HistogramTest, TheOrderInWhichValuesComeDoesNotMatter) {
  std::vector<uint64_t> values;
  std::mt19937_64 random(2);
  for (int i = 0; i < 2000; i++) values.push_back(random() % 5000);
  Histogram a, b, whole;
  for (const uint64_t v : values) whole.Add(v);
  std::shuffle(values.begin(), values.end(), random);
  for (size_t i = 0; i < values.size(); i++) (i % 3 == 0 ? a : b).Add(values[i]);
  a.Add(b);
  EXPECT_EQ(a.count(), whole.count());
  ASSERT_EQ(a.buckets().size(), whole.buckets().size());
  for (size_t i = 0; i < a.buckets().size(); i++) {
    EXPECT_EQ(a.buckets()[i].index, whole.buckets()[i].index);
    EXPECT_EQ(a.buckets()[i].count, whole.buckets()[i].count);
  }
}

TEST(HistogramTest, CountsGoBeyond32Bits) {
  constexpr uint64_t kMany = uint64_t{3} << 32;
  Histogram h;
  h.Add(5, kMany - 1);
  h.Add(5);
  h.Add(6, kMany);
  EXPECT_EQ(h.count(), 2 * kMany);
  EXPECT_EQ(h.Quantile(0.5), 5u);
  Histogram sum;
  sum.Add(5, kMany + UINT32_MAX);
  sum.Add(7, 2);
  sum.Add(h);
  ASSERT_EQ(sum.buckets().size(), 3u);
  EXPECT_EQ(sum.buckets()[0].index, Histogram::IndexOf(5));
  EXPECT_EQ(sum.buckets()[0].count, 2 * kMany + UINT32_MAX);
  EXPECT_EQ(sum.buckets()[2].count, 2u);
  Histogram twice = sum;
  twice.Add(sum);
  EXPECT_EQ(twice.buckets()[0].count, 2 * sum.buckets()[0].count);
}

TEST(HistogramTest, BucketsAreTheDifferentValuesInOrder) {
  std::mt19937_64 random(4);
  Histogram h;
  std::map<uint32_t, uint64_t> expected;
  for (int i = 0; i < 20000; i++) {
    const uint64_t v = random() >> (random() % 64);
    h.Add(v);
    expected[Histogram::IndexOf(v)]++;
  }
  const std::vector<Histogram::Bucket> buckets = h.buckets();
  ASSERT_EQ(buckets.size(), expected.size());
  size_t i = 0;
  for (const auto& [index, count] : expected) {
    EXPECT_EQ(buckets[i].index, index);
    EXPECT_EQ(buckets[i++].count, count);
  }
}

}  // namespace
}  // namespace allocprof::model
