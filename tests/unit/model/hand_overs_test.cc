// SPDX-License-Identifier: Apache-2.0
#include "model/hand_overs.h"

#include <gtest/gtest.h>

#include "observed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

const Stack kA = {0x100};

TEST(HandOversTest, ProducersAndConsumersAreCountedByPair) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kA, 0x2000, 20).Malloc(2, kA, 0x3000, 5);
  r.Free(2, 0x1000).Free(2, 0x2000).Free(1, 0x3000);
  const Observed<HandOvers> o(r);
  ASSERT_EQ(o->pairs().size(), 2u);
  EXPECT_EQ(o->pairs().at({0, 1}).blocks, 2u);
  EXPECT_EQ(o->pairs().at({0, 1}).bytes, 30u);
  EXPECT_EQ(o->pairs().at({1, 0}).blocks, 1u);
  EXPECT_EQ(o->others().blocks, 0u);
}

TEST(HandOversTest, WhatAThreadFreesItselfIsNoHandOver) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Free(1, 0x1000).Malloc(2, kA, 0x1000, 10).Free(2, 0x1000);
  EXPECT_TRUE(Observed<HandOvers>(r)->pairs().empty());
}

TEST(HandOversTest, ALostOrUnknownFreeIsNoHandOver) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(2, kA, 0x1000, 10).Free(1, 0x9000);
  EXPECT_TRUE(Observed<HandOvers>(r)->pairs().empty());
}

}  // namespace
}  // namespace allocprof::model
