// SPDX-License-Identifier: Apache-2.0
#include "model/die_together.h"

#include <gtest/gtest.h>

#include "observed.h"
#include "replayed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

// main (0x10) calls parse (0x20), which allocates at two places; main frees.
const Stack kNode = {0x10, 0x20, 0x21}, kName = {0x10, 0x20, 0x22}, kFree = {0x10, 0x30};

void Build(Recording* r, uint64_t n, uint64_t base = 0x100000) {
  for (uint64_t i = 0; i < n; i++) r->Malloc(1, i % 2 == 0 ? kNode : kName, base + 64 * i, 10 + i);
}
void Drop(Recording* r, uint64_t n, uint64_t base = 0x100000) {
  for (uint64_t i = 0; i < n; i++) r->Free(1, base + 64 * i, kFree);
}

Stack PathOf(const StackTree& tree, uint32_t node) {
  Stack path;
  for (; node != 0; node = tree.nodes()[node].parent) {
    path.insert(path.begin(), tree.locations()[tree.nodes()[node].location].address);
  }
  return path;
}

TEST(DieTogetherTest, ATreeFreedInOneRunIsAGroupOfTheirCommonCaller) {
  Recording r;
  Build(&r, 100);
  Drop(&r, 100);
  const Observed<DieTogether> o(r);
  ASSERT_EQ(o->groups().size(), 1u);
  const auto& [node, g] = *o->groups().begin();
  EXPECT_EQ(PathOf(o.stacks, node), (Stack{0x10, 0x20}));
  EXPECT_EQ(g.groups, 1u);
  EXPECT_EQ(g.blocks, 100u);
  EXPECT_EQ(g.bytes, 100u * 10 + 99 * 100 / 2);
  EXPECT_EQ(g.birth_window_max, 990u);
}

TEST(DieTogetherTest, SeveralGroupsOfOneFunctionAddUp) {
  Recording r;
  for (int i = 0; i < 5; i++) {
    Build(&r, 40);
    Drop(&r, 40);
  }
  const Observed<DieTogether> o(r);
  ASSERT_EQ(o->groups().size(), 1u);
  EXPECT_EQ(o->groups().begin()->second.groups, 5u);
  EXPECT_EQ(o->groups().begin()->second.blocks, 200u);
  EXPECT_EQ(o->groups().begin()->second.blocks_max, 40u);
}

TEST(DieTogetherTest, AnotherThreadsAllocationsDoNotEndARun) {
  Recording r;
  Build(&r, 64);
  for (uint64_t i = 0; i < 64; i++) {
    r.Free(1, 0x100000 + 64 * i, kFree).Malloc(2, {0x90}, 0x900000 + 64 * i, 8);
  }
  EXPECT_EQ(Observed<DieTogether>(r)->groups().size(), 1u);
}

const SiteGroups& OfNodes(const Observed<DieTogether>& o) {
  for (size_t i = 0; i < o->sites().size(); i++) {
    if (PathOf(o.stacks, o.replay->context().node_of_site[i]) == kNode) return o->sites()[i];
  }
  static const SiteGroups kNone;
  return kNone;
}

void GoOn(Recording* r) {
  for (uint64_t i = 0; i < DieTogether::kFewest; i++) r->Malloc(1, {0x90}, 0x900000 + 64 * i, 8);
}

TEST(DieTogetherTest, EachSiteHasItsPart) {
  Recording r;
  for (int i = 0; i < 3; i++) {
    Build(&r, 100);
    Drop(&r, 100);
  }
  GoOn(&r);
  const Observed<DieTogether> o(r);
  const SiteGroups& g = OfNodes(o);
  EXPECT_EQ(g.blocks, 150u);
  EXPECT_EQ(g.bytes, 3u * (50 * 10 + 2 * 49 * 50 / 2));
  EXPECT_EQ(g.groups, 3u);
  EXPECT_EQ(g.group_blocks_max, 100u);
  EXPECT_EQ(g.group_bytes_max, 100u * 10 + 99 * 100 / 2);
  EXPECT_EQ(g.at_end, 0u);
  EXPECT_EQ(PathOf(o.stacks, g.freed_at), kFree);
}

TEST(DieTogetherTest, WhatDiesWithTheProcessIsToldApart) {
  Recording r;
  for (int i = 0; i < 2; i++) {
    Build(&r, 100);
    Drop(&r, 100);
  }
  r.Malloc(1, {0x90}, 0x900000, 8);  // an exit handler's
  const Observed<DieTogether> o(r);
  EXPECT_EQ(OfNodes(o).blocks, 100u);
  EXPECT_EQ(OfNodes(o).at_end, 50u) << "of the second group alone";
}

// Look-alikes.

TEST(DieTogetherTest, AFewBlocksAreNoGroup) {
  Recording r;
  Build(&r, DieTogether::kFewest - 1);
  Drop(&r, DieTogether::kFewest - 1);
  EXPECT_TRUE(Observed<DieTogether>(r)->groups().empty());
}

TEST(DieTogetherTest, FreesWithAllocationsInBetweenAreNoGroup) {
  Recording r;
  Build(&r, 100);
  for (uint64_t i = 0; i < 100; i++) {
    r.Free(1, 0x100000 + 64 * i, kFree).Malloc(1, {0x90}, 0x900000 + 64 * i, 8);
  }
  EXPECT_TRUE(Observed<DieTogether>(r)->groups().empty());
}

TEST(DieTogetherTest, BlocksWithoutACommonFrameAreNoGroup) {
  Recording r;
  for (uint64_t i = 0; i < 100; i++) r.Malloc(1, {0x100 + i % 2, 0x20}, 0x100000 + 64 * i, 8);
  Drop(&r, 100);
  EXPECT_TRUE(Observed<DieTogether>(r)->groups().empty());
}

TEST(DieTogetherTest, FreesOfTwoThreadsAreTwoRuns) {
  Recording r;
  const uint64_t n = 2 * (DieTogether::kFewest - 1);
  Build(&r, n);
  for (uint64_t i = 0; i < n; i++) r.Free(1 + i % 2, 0x100000 + 64 * i, kFree);
  EXPECT_TRUE(Observed<DieTogether>(r)->groups().empty());
}

}  // namespace
}  // namespace allocprof::model
