// SPDX-License-Identifier: Apache-2.0
#include "model/stack_tree.h"

#include <gtest/gtest.h>

namespace allocprof::model {
namespace {

TEST(StackTreeTest, NodeZeroIsTheRootAndNoFrame) {
  const StackTree t;
  EXPECT_EQ(t.nodes().size(), 1u);
  EXPECT_EQ(t.locations().size(), 0u);
}

TEST(StackTreeTest, OneLocationIsOneIndex) {
  StackTree t;
  const uint32_t a = t.AddLocation(1, 0x100, false);
  EXPECT_EQ(t.AddLocation(1, 0x100, false), a);
  EXPECT_NE(t.AddLocation(2, 0x100, false), a);
  EXPECT_NE(t.AddLocation(1, 0x100, true), a);
  EXPECT_NE(t.AddLocation(1, 0x101, false), a);
  EXPECT_EQ(t.locations().size(), 4u);
}

TEST(StackTreeTest, OnePathIsOneNode) {
  StackTree t;
  const uint32_t l = t.AddLocation(1, 0x100, false), m = t.AddLocation(1, 0x200, false);
  const uint32_t a = t.AddNode(0, l, 16, 0, 100), b = t.AddNode(a, m, 16, 0, 116);
  EXPECT_EQ(t.AddNode(0, l, 16, 0, 100), a);
  EXPECT_EQ(t.AddNode(a, m, 16, 0, 116), b);
  EXPECT_NE(t.AddNode(0, m, 16, 0, 100), b);
  EXPECT_NE(t.AddNode(b, m, 16, 0, 132), b);
  EXPECT_EQ(t.nodes()[b].parent, a);
  EXPECT_EQ(t.nodes()[b].location, m);
}

TEST(StackTreeTest, APathMetAgainKeepsItsLargestFigures) {
  StackTree t;
  const uint32_t l = t.AddLocation(1, 0x100, false);
  const uint32_t n = t.AddNode(0, l, 16, wire::kNodeGuessed, 100);
  t.AddNode(0, l, 16, wire::kNodeCutBelow, 50);
  EXPECT_EQ(t.nodes()[n].depth_max, 100u);
  EXPECT_EQ(t.nodes()[n].flags, wire::kNodeGuessed | wire::kNodeCutBelow);
  t.Deeper(n, 70);
  EXPECT_EQ(t.nodes()[n].depth_max, 100u);
  t.Deeper(n, 170);
  EXPECT_EQ(t.nodes()[n].depth_max, 170u);
}

TEST(StackTreeTest, FramesOfDifferentSizesAreOneThatVaries) {
  StackTree t;
  const uint32_t l = t.AddLocation(1, 0x100, false);
  const uint32_t n = t.AddNode(0, l, 48, 0, 0);
  EXPECT_EQ(t.nodes()[n].flags & wire::kNodeVariable, 0);
  t.AddNode(0, l, 32, 0, 0);
  EXPECT_NE(t.nodes()[n].flags & wire::kNodeVariable, 0);
  EXPECT_EQ(t.nodes()[n].frame_bytes, 48u);
}

}  // namespace
}  // namespace allocprof::model
