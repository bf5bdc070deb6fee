// SPDX-License-Identifier: Apache-2.0
//
// Owners of blocks. There is no code here: a frame is the same activation while its pc grows.
#include "model/containment.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "observed.h"

namespace allocprof::model {
namespace {

using test::Recording;

SiteContainment Total(const Observed<Containment>& seen) {
  SiteContainment total;
  auto add = [](BlockSum* sum, const BlockSum& more) {
    sum->blocks += more.blocks;
    sum->bytes += more.bytes;
  };
  for (const SiteContainment& site : seen->sites()) {
    if (total.owned.size() < site.owned.size()) total.owned.resize(site.owned.size());
    for (size_t i = 0; i < site.owned.size(); i++) add(&total.owned[i], site.owned[i]);
    add(&total.outlived, site.outlived);
    add(&total.other_thread, site.other_thread);
    add(&total.leaked, site.leaked);
    add(&total.unknown, site.unknown);
  }
  return total;
}

TEST(ContainmentTest, FreedFurtherOnInItsOwnFrame) {
  Recording r;
  r.Malloc(1, {10, 20, 30}, 0x1000, 8).Free(1, 0x1000, {10, 20, 31});
  const Observed<Containment> seen(r);
  const SiteContainment total = Total(seen);
  ASSERT_EQ(total.owned.size(), 1u);
  EXPECT_EQ(total.owned[0].blocks, 1u);
  EXPECT_EQ(total.owned[0].bytes, 8u);
}

TEST(ContainmentTest, FreedByTheCaller) {
  Recording r;
  r.Malloc(1, {10, 20, 30}, 0x1000, 8).Free(1, 0x1000, {10, 21});
  const SiteContainment total = Total(Observed<Containment>(r));
  ASSERT_EQ(total.owned.size(), 2u);
  EXPECT_EQ(total.owned[0].blocks, 0u);
  EXPECT_EQ(total.owned[1].blocks, 1u);
}

TEST(ContainmentTest, FreedByTheNextCallOfTheSameFunction) {
  Recording r;
  r.Malloc(1, {10, 20, 31}, 0x1000, 8)
      .Free(1, 0x1000, {10, 21, 30})
      .Malloc(1, {10, 21, 31}, 0x2000, 8)
      .Free(1, 0x2000, {10, 22, 30});
  const SiteContainment total = Total(Observed<Containment>(r));
  ASSERT_EQ(total.owned.size(), 2u);
  EXPECT_EQ(total.owned[0].blocks, 0u);
  EXPECT_EQ(total.owned[1].blocks, 2u) << "their caller moved on from 20 to 21 to 22";
}

TEST(ContainmentTest, BlocksOfOneActivationShareItsEnd) {
  Recording r;
  r.Malloc(1, {5, 10, 30}, 0x1000, 8)
      .Malloc(1, {5, 10, 31}, 0x2000, 16)
      .Free(1, 0x1000, {5, 10, 32})
      .Free(1, 0x2000, {5, 11});
  const SiteContainment total = Total(Observed<Containment>(r));
  ASSERT_EQ(total.owned.size(), 2u);
  EXPECT_EQ(total.owned[0].bytes, 8u);
  EXPECT_EQ(total.owned[1].bytes, 16u);
}

TEST(ContainmentTest, AnotherThreadOwnsNothing) {
  Recording r;
  r.Malloc(1, {10, 20}, 0x1000, 8).Free(2, 0x1000, {10, 21});
  const SiteContainment total = Total(Observed<Containment>(r));
  EXPECT_EQ(total.other_thread.blocks, 1u);
  EXPECT_TRUE(total.owned.empty());
}

TEST(ContainmentTest, ThreadsDoNotDisturbEachOther) {
  Recording r;
  r.Malloc(1, {10, 20}, 0x1000, 8)
      .Malloc(2, {50, 60}, 0x2000, 8)
      .Free(1, 0x1000, {10, 21})
      .Free(2, 0x2000, {50, 61});
  const SiteContainment total = Total(Observed<Containment>(r));
  ASSERT_EQ(total.owned.size(), 1u);
  EXPECT_EQ(total.owned[0].blocks, 2u);
}

TEST(ContainmentTest, WhatLeaksEscapes) {
  Recording r;
  r.Malloc(1, {10, 20}, 0x1000, 8);
  EXPECT_EQ(Total(Observed<Containment>(r)).leaked.bytes, 8u);
}

TEST(ContainmentTest, NoFrameOfItsBirthIsLeft) {
  Recording r;
  r.Malloc(1, {10, 20}, 0x1000, 8).Free(1, 0x1000, {9});
  EXPECT_EQ(Total(Observed<Containment>(r)).outlived.blocks, 1u);
}

TEST(ContainmentTest, TheHalvesOfAReallocAreOneCall) {
  Recording r;
  r.ReallocBirth(1, {10, 20}, 0x1000, 8)
      .Realloc(1, {10, 21}, 0x1000, 0x2000, 16)
      .Realloc(1, {10, 22}, 0x2000, 0x3000, 32)
      .Free(1, 0x3000, {10, 23});
  const SiteContainment total = Total(Observed<Containment>(r));
  ASSERT_EQ(total.owned.size(), 1u);
  EXPECT_EQ(total.owned[0].blocks, 3u);
  EXPECT_EQ(total.owned[0].bytes, 56u);
}

TEST(ContainmentTest, MostAliveAtOnce) {
  Recording r;
  r.Malloc(1, {10, 20}, 0x1000, 8)
      .Malloc(1, {10, 20}, 0x2000, 8)
      .Free(1, 0x1000, {10, 21})
      .Free(1, 0x2000, {10, 22})
      .Malloc(1, {10, 20}, 0x1000, 8)
      .Free(1, 0x1000, {10, 21});
  const Observed<Containment> seen(r);
  EXPECT_EQ(seen->sites().at(0).live_max, 2u);
}

// More pairs of stacks in a row than are remembered.
TEST(ContainmentTest, WhatIsForgottenIsFoundAgain) {
  Recording r;
  std::mt19937 random(3);
  // The second frame goes on in a loop of some length.
  const auto stack = [&random](uint64_t i) {
    test::Stack s{1, 100 + i % 1000};
    for (uint32_t frames = 2 + random() % 2; s.size() < frames;) s.push_back(10 + random() % 3);
    return s;
  };
  std::vector<uint64_t> live;
  for (uint64_t i = 0; i < 30000; i++) {
    const uint32_t thread = 1 + random() % 2;
    if (live.size() < 100 || random() % 2 == 0) {
      live.push_back(0x1000 + 16 * i);
      r.Malloc(thread, stack(i), live.back(), 1 + random() % 64);
    } else {
      std::swap(live[random() % live.size()], live.back());
      r.Free(thread, live.back(), stack(i));
      live.pop_back();
    }
  }
  const Observed<Containment> few(r, PairCache<ActivationRule::Kept>::kFirstBits), many(r, 24u);
  const auto expect_same = [](const BlockSum& a, const BlockSum& b) {
    EXPECT_EQ(a.blocks, b.blocks);
    EXPECT_EQ(a.bytes, b.bytes);
  };
  ASSERT_EQ(few->sites().size(), many->sites().size());
  uint64_t owned = 0;
  for (size_t i = 0; i < few->sites().size(); i++) {
    const SiteContainment &a = few->sites()[i], &b = many->sites()[i];
    ASSERT_EQ(a.owned.size(), b.owned.size());
    for (size_t up = 0; up < a.owned.size(); up++) {
      expect_same(a.owned[up], b.owned[up]);
      owned += a.owned[up].blocks;
    }
    expect_same(a.outlived, b.outlived);
    expect_same(a.other_thread, b.other_thread);
    expect_same(a.leaked, b.leaked);
    EXPECT_EQ(a.live_max, b.live_max);
  }
  EXPECT_GT(owned, 1000u);
}

}  // namespace
}  // namespace allocprof::model
