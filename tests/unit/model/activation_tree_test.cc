// SPDX-License-Identifier: Apache-2.0
#include "model/activation_tree.h"

#include <gtest/gtest.h>

namespace allocprof::model {
namespace {

TEST(ActivationTreeTest, LevelsCountFromTheOutermost) {
  ActivationTree tree;
  const uint32_t outer = tree.Add(ActivationTree::kNone), inner = tree.Add(outer);
  EXPECT_EQ(tree.level(outer), 1u);
  EXPECT_EQ(tree.level(inner), 2u);
  EXPECT_EQ(tree.parent(inner), outer);
}

TEST(ActivationTreeTest, WhatNobodyHoldsIsGivenAgain) {
  ActivationTree tree;
  const uint32_t outer = tree.Add(ActivationTree::kNone), inner = tree.Add(outer);
  tree.Hold(inner);
  tree.Release(outer);
  tree.Release(inner);
  EXPECT_EQ(tree.parent(inner), outer) << "a block still holds the inner one, and that the outer";
  const size_t before = tree.size();
  tree.Release(inner);
  tree.Add(tree.Add(ActivationTree::kNone));
  EXPECT_EQ(tree.size(), before);
}

TEST(ActivationTreeTest, ManyOneAfterTheOtherTakeNoMoreRoom) {
  ActivationTree tree;
  const uint32_t outer = tree.Add(ActivationTree::kNone);
  for (int i = 0; i < 1000; i++) tree.Release(tree.Add(outer));
  EXPECT_LE(tree.size(), 3u);
}

}  // namespace
}  // namespace allocprof::model
