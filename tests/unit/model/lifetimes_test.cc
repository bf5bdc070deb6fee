// SPDX-License-Identifier: Apache-2.0
#include "model/lifetimes.h"

#include <gtest/gtest.h>

#include "observed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

const Stack kA = {0x100}, kB = {0x200};

TEST(LifetimesTest, ALifetimeIsFromBirthToFree) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10);                             // born at 1010
  r.Malloc(1, kB, 0x2000, 20).Malloc(1, kB, 0x3000, 300);  // two allocations in between
  r.Free(1, 0x1000);                                       // at 1040
  const Observed<Lifetimes> o(r);
  const SiteShape& a = o->sites()[0];
  EXPECT_EQ(a.lifetimes.count(), 1u);
  EXPECT_EQ(a.lifetimes.Quantile(1), 30u);
  EXPECT_EQ(a.lifetime_max, 30u);
  EXPECT_EQ(a.lifetimes_in_allocations.Quantile(1), 2u);
  EXPECT_EQ(a.survivors, 0u);
  const SiteShape& b = o->sites()[1];
  EXPECT_TRUE(b.lifetimes.empty());
  EXPECT_EQ(b.survivors, 2u);
  EXPECT_EQ(b.sizes.count(), 2u);
  EXPECT_EQ(b.sizes.Quantile(0.5), 20u);
  EXPECT_EQ(b.size_max, 300u);
}

TEST(LifetimesTest, AReallocEndsOneAndBeginsAnother) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Realloc(1, kA, 0x1000, 0x1000, 20).Free(1, 0x1000);
  const Observed<Lifetimes> o(r);
  EXPECT_EQ(o->sites()[0].lifetimes.count(), 2u);
  EXPECT_EQ(o->sites()[0].sizes.count(), 2u);
}

TEST(LifetimesTest, ABlockWhoseFreeIsLostHasNone) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kB, 0x1000, 20);
  const Observed<Lifetimes> o(r);
  EXPECT_TRUE(o->sites()[0].lifetimes.empty());
  EXPECT_EQ(o->sites()[0].survivors, 0u);
}

TEST(LifetimesTest, ShapesAddUp) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Free(1, 0x1000).Malloc(1, kB, 0x1000, 90).Malloc(1, kA, 0x2000, 1);
  const Observed<Lifetimes> o(r);
  SiteShape all;
  for (const SiteShape& s : o->sites()) all.Add(s);
  EXPECT_EQ(all.sizes.count(), 3u);
  EXPECT_EQ(all.size_max, 90u);
  EXPECT_EQ(all.lifetimes.count(), 1u);
  EXPECT_EQ(all.survivors, 2u);
}

}  // namespace
}  // namespace allocprof::model
