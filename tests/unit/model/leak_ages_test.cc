// SPDX-License-Identifier: Apache-2.0
#include "model/leak_ages.h"

#include <gtest/gtest.h>

#include "observed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

const Stack kA = {0x100}, kOther = {0x200};

// A run of 16,000 stamps, from an allocation that is freed to the end.
Recording ARun() {
  Recording r;
  r.Malloc(1, kOther, 0x10, 1).Free(1, 0x10);
  return r;
}
LeakKind KindOf(Recording* r) {
  r->now = 17000;
  const Observed<LeakAges> o(*r);
  return o->rows().empty() ? LeakKind::kNone : o->rows()[0].leak.Kind();
}
void LeakAt(Recording* r, uint64_t stamp) {
  r->now = stamp;
  r->Malloc(1, kA, 0x100000 + stamp * 16, 24);
}

TEST(LeakAgesTest, WithoutLeaksThereAreNone) {
  Recording r = ARun();
  EXPECT_EQ(KindOf(&r), LeakKind::kNone);
}

TEST(LeakAgesTest, ALeakAllAlongGrows) {
  Recording r = ARun();
  for (uint64_t t = 1100; t < 16900; t += 500) LeakAt(&r, t);
  r.now = 17000;
  const Observed<LeakAges> o(r);
  ASSERT_EQ(o->rows().size(), 1u);
  const SiteLeak& leak = o->rows()[0].leak;
  EXPECT_EQ(leak.Kind(), LeakKind::kGrowing);
  EXPECT_EQ(leak.blocks, 32u);
  EXPECT_EQ(leak.bytes, 32u * 24);
  EXPECT_EQ(leak.first_born, 1100u);
  EXPECT_EQ(leak.last_born, 16600u);
  uint64_t sum = 0;
  for (const uint32_t n : leak.born_in) sum += n;
  EXPECT_EQ(sum, leak.blocks);
}

TEST(LeakAgesTest, ATableFilledInTheBeginningIsOnce) {
  Recording r = ARun();
  for (uint64_t t = 1100; t < 1900; t += 20) LeakAt(&r, t);
  EXPECT_EQ(KindOf(&r), LeakKind::kOnce);
}

TEST(LeakAgesTest, OneBlockIsOnceWheneverItIsBorn) {
  for (const uint64_t t : {1100u, 9000u, 16900u}) {
    Recording r = ARun();
    LeakAt(&r, t);
    EXPECT_EQ(KindOf(&r), LeakKind::kOnce) << t;
  }
}

TEST(LeakAgesTest, ACacheThatStopsGrowingDoesNotGrow) {
  Recording r = ARun();
  for (uint64_t t = 1100; t < 11000; t += 100) LeakAt(&r, t);
  EXPECT_EQ(KindOf(&r), LeakKind::kOther);
}

TEST(LeakAgesTest, WhatIsFreedInTheEndDoesNotLeak) {
  Recording r = ARun();
  for (uint64_t t = 1100; t < 16000; t += 500) LeakAt(&r, t);
  r.now = 16500;
  for (uint64_t t = 1100; t < 16000; t += 500) r.Free(1, 0x100000 + t * 16);
  EXPECT_EQ(KindOf(&r), LeakKind::kNone);
}

}  // namespace
}  // namespace allocprof::model
