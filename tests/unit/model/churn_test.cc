// SPDX-License-Identifier: Apache-2.0
//
// Blocks in turn, their activations by hand: 1 main, 2 a function with a loop, 3 what it calls.
#include "model/churn.h"

#include <gtest/gtest.h>

#include "model/block_observer.h"

namespace allocprof::model {
namespace {

class ChurnTest : public testing::Test {
 protected:
  ChurnTest() {
    main_ = tree_.Add(ActivationTree::kNone);
    loop_ = tree_.Add(main_);
    active_ = {main_, loop_, tree_.Add(loop_)};
  }
  ~ChurnTest() override { churn_.Finish(); }

  // The innermost frame returns and is called again.
  void CallAgain() {
    tree_.Release(active_.back());
    active_.back() = tree_.Add(loop_);
  }
  void LoopAgain() {
    tree_.Release(active_.back());
    tree_.Release(loop_);
    loop_ = tree_.Add(main_);
    active_ = {main_, loop_, tree_.Add(loop_)};
  }
  void Birth(uint64_t size, bool only = true, uint32_t thread = 0) {
    block_ = {.size = size, .site = 5, .thread = thread};
    born_in_ = active_.back();
    tree_.Hold(born_in_);
    churn_.OnBirth(block_, born_in_, only, active_, &tree_);
  }
  void Death(bool only = true, bool freed = true) {
    uint32_t stayed = owner_at_once_ ? born_in_ : ActivationTree::kNone;
    for (const uint32_t active : active_) {
      uint32_t up = born_in_;
      while (up != ActivationTree::kNone && up != active) up = tree_.parent(up);
      if (!owner_at_once_ && up != ActivationTree::kNone) stayed = up;
    }
    churn_.OnDeath(block_, born_in_, stayed, only, freed, &tree_);
    tree_.Release(born_in_);
  }
  void Pair(uint64_t size) {
    Birth(size);
    Death();
  }
  Turns At(size_t up) const {
    if (churn_.sites().size() <= 5 || churn_.sites()[5].size() <= up) return {};
    return churn_.sites()[5][up];
  }
  uint64_t AllTurns() const { return At(0).turns + At(1).turns + At(2).turns; }

  ActivationTree tree_;
  uint32_t main_ = 0, loop_ = 0;
  Churn::Active active_;
  Churn churn_;
  Block block_;
  uint32_t born_in_ = 0;
  bool owner_at_once_ = false;  // a death is told with all of its birth's activations
};

TEST_F(ChurnTest, ALoopInOneCall) {
  for (int i = 0; i < 10; i++) Pair(64);
  EXPECT_EQ(At(0).turns, 9u);
  EXPECT_EQ(At(0).bytes, 9u * 64);
  EXPECT_EQ(At(0).runs, 1u);
  EXPECT_EQ(At(0).run_max, 9u);
  EXPECT_EQ(At(0).size_max, 64u);
  EXPECT_EQ(AllTurns(), 9u);
}

TEST_F(ChurnTest, ALoopInTheCaller) {
  for (int i = 0; i < 10; i++) {
    Pair(64);
    CallAgain();
  }
  EXPECT_EQ(At(0).turns, 0u);
  EXPECT_EQ(At(1).turns, 9u);
  EXPECT_EQ(At(1).run_max, 9u);
}

TEST_F(ChurnTest, EachCallOfTheLoopIsARun) {
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 4; j++) {
      Pair(64);
      CallAgain();
    }
    LoopAgain();
  }
  EXPECT_EQ(At(1).turns, 9u);
  EXPECT_EQ(At(1).runs, 3u);
  EXPECT_EQ(At(1).run_max, 3u);
  EXPECT_EQ(At(2).turns, 2u) << "from the last of a loop to the first of the next";
}

TEST_F(ChurnTest, AnotherSizeEndsARun) {
  for (const uint64_t size : {8, 8, 8, 16, 16}) Pair(size);
  EXPECT_EQ(At(0).turns, 3u);
  EXPECT_EQ(At(0).runs, 2u);
  EXPECT_EQ(At(0).run_max, 2u);
  EXPECT_EQ(At(0).size_max, 16u);
}

// Look-alikes.

TEST_F(ChurnTest, SizesThatChangeAreNone) {
  for (uint64_t i = 0; i < 10; i++) Pair(8 + i);
  EXPECT_EQ(AllTurns(), 0u);
}

TEST_F(ChurnTest, BlocksAliveAtOnceAreNone) {
  Birth(64);
  const Block first = block_;
  Birth(64, false);
  Death(false);
  block_ = first;
  Birth(64, false);
  Death(false);
  EXPECT_EQ(AllTurns(), 0u);
}

TEST_F(ChurnTest, AnotherThreadIsNone) {
  Birth(64, true, 0);
  Death();
  Birth(64, true, 1);
  Death();
  EXPECT_EQ(AllTurns(), 0u);
}

TEST_F(ChurnTest, WhatAReallocEndsOrAnotherThreadFreesIsNone) {
  Birth(64);
  Death(true, false);
  Birth(64);
  Death();
  EXPECT_EQ(AllTurns(), 0u);
}

TEST_F(ChurnTest, AStackThatIsMissingEndsARun) {
  Pair(64);
  block_ = {.size = 64, .site = 5};
  churn_.OnBirth(block_, ActivationTree::kNone, true, active_, &tree_);
  churn_.OnDeath(block_, ActivationTree::kNone, ActivationTree::kNone, true, true, &tree_);
  Pair(64);
  EXPECT_EQ(AllTurns(), 0u);
}

// The block's owner at its death is further out, or is not known and looked for at the next birth.
TEST_F(ChurnTest, ATurnIsOfTheFrameThatStayedWhereverTheSearchBegins) {
  for (const bool at_once : {false, true}) {
    owner_at_once_ = at_once;
    for (int i = 0; i < 10; i++) {
      Birth(64);
      CallAgain();
      Death();
      CallAgain();
    }
    LoopAgain();
    Birth(64);
    LoopAgain();
    Death();
    Birth(32);
    Death();
    EXPECT_EQ(At(0).turns, 0u);
    EXPECT_EQ(At(1).turns, at_once ? 18u : 9u);
    EXPECT_EQ(At(1).runs, at_once ? 2u : 1u);
    EXPECT_EQ(At(1).run_max, 9u);
    EXPECT_EQ(At(2).turns, at_once ? 2u : 1u);
  }
}

TEST_F(ChurnTest, ItHoldsOneActivationASite) {
  for (int i = 0; i < 1000; i++) {
    Pair(64);
    LoopAgain();
  }
  EXPECT_LT(tree_.size(), 10u);
}

}  // namespace
}  // namespace allocprof::model
