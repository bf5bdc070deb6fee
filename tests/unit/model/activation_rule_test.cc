// SPDX-License-Identifier: Apache-2.0
//
// Stacks in a row, and which of their frames are the same activations, by control flow that stands
// in a table here.
#include "model/activation_rule.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

namespace allocprof::model {
namespace {

using symbols::Reach;

// Addresses are call sites; what is in no table cannot be.
class Table : public symbols::Reachability {
 public:
  std::set<std::pair<uint64_t, uint64_t>> reaches;
  std::set<std::pair<uint64_t, uint64_t>> unknown;
  std::set<uint64_t> tail_calls, freeing_tail_calls;
  int questions = 0;

  Reach Reaches(const symbols::Module&, symbols::CodePoint from, symbols::CodePoint to) override {
    questions++;
    const std::pair pair(from.address, to.address);
    if (reaches.count(pair) != 0) return Reach::kYes;
    return unknown.count(pair) != 0 ? Reach::kUnknown : Reach::kNo;
  }
  Reach EndsInTailCall(const symbols::Module&, symbols::CodePoint from, bool freeing) override {
    const auto& where = freeing ? freeing_tail_calls : tail_calls;
    return where.count(from.address) != 0 ? Reach::kYes : Reach::kNo;
  }
};

class ActivationRuleTest : public testing::Test {
 protected:
  ActivationRuleTest() { trace_.modules.push_back({.id = 1, .path = "/program"}); }

  // Call sites, outermost first; each frame takes 16 bytes, and `more` of them others.
  uint32_t Stack(const std::vector<uint64_t>& sites, const std::vector<uint64_t>& more = {}) {
    uint32_t stack = 0;
    for (size_t i = 0; i < sites.size(); i++) {
      ActivationStack s = paths_[stack];
      s = {stacks_.AddLocation(0, sites[i], false), stack, s.frames + 1,
           16 * (i + 1) + (i < more.size() ? more[i] : 0)};
      stack = static_cast<uint32_t>(paths_.size());
      paths_.push_back(s);
    }
    return stack;
  }
  ActivationRule::Kept Compare(const std::vector<uint64_t>& before,
                               const std::vector<uint64_t>& after, bool freeing = true) {
    const uint32_t a = Stack(before), b = Stack(after);
    return rule_.Compare(paths_, a, b, freeing);
  }

  trace::Trace trace_;
  StackTree stacks_;
  ActivationStacks paths_ = ActivationStacks(1);
  Table code_;
  ActivationRule rule_{trace_, stacks_, &code_};
};

TEST_F(ActivationRuleTest, AFrameThatMovedOnProvesItselfAndThoseOutside) {
  code_.reaches = {{30, 31}};
  EXPECT_EQ(Compare({10, 20, 30}, {10, 20, 31}).frames, 3u);
}

TEST_F(ActivationRuleTest, AFrameThatCannotHaveMovedOnWasCalledAgain) {
  code_.reaches = {{20, 20}};
  EXPECT_EQ(Compare({10, 20, 31}, {10, 20, 30}).frames, 2u);
}

TEST_F(ActivationRuleTest, TheInnermostProofCounts) {
  code_.reaches = {{30, 31}, {20, 20}};
  EXPECT_EQ(Compare({10, 20, 30}, {10, 20, 31}).frames, 3u);
}

TEST_F(ActivationRuleTest, TheSameCallAgainNeedsALoopSomewhere) {
  code_.reaches = {{20, 20}};
  EXPECT_EQ(Compare({10, 20, 30}, {10, 20, 30}).frames, 2u);
  code_.reaches.insert({40, 40});
  EXPECT_EQ(Compare({10, 20, 40}, {10, 20, 40}).frames, 3u);
}

TEST_F(ActivationRuleTest, AFrameFurtherInThanTheLastEventsWasCalledAnew) {
  code_.reaches = {{20, 21}};
  EXPECT_EQ(Compare({10, 20}, {10, 21, 30}).frames, 2u);
  // Its call came back, and was made again.
  EXPECT_EQ(Compare({10, 22}, {10, 22, 30}).frames, 0u);
  code_.reaches.insert({23, 23});
  EXPECT_EQ(Compare({10, 23}, {10, 23, 30}).frames, 2u);
}

TEST_F(ActivationRuleTest, AFreeAsATailCallIsOfTheFrameInside) {
  code_.freeing_tail_calls = {30};
  const auto kept = Compare({10, 20, 30}, {10, 20});
  EXPECT_EQ(kept.frames, 2u);
  EXPECT_TRUE(kept.tail_call);
  // An allocation is not.
  EXPECT_FALSE(Compare({10, 20, 30}, {10, 20}, false).tail_call);
}

TEST_F(ActivationRuleTest, WithoutATailCallToFreeTheFrameInsideIsAnotherOne) {
  code_.reaches = {{20, 20}};
  const auto kept = Compare({10, 20, 30}, {10, 20});
  EXPECT_EQ(kept.frames, 2u);
  EXPECT_FALSE(kept.tail_call);
}

TEST_F(ActivationRuleTest, OutsideTheOutermostUnknownFrameAllStaysActive) {
  code_.unknown = {{30, 31}, {20, 20}};
  EXPECT_EQ(Compare({10, 20, 30}, {10, 20, 31}).frames, 1u);
  // A proof further out is one.
  code_.reaches = {{11, 11}};
  EXPECT_EQ(Compare({11, 20, 30}, {11, 20, 31}).frames, 1u);
}

TEST_F(ActivationRuleTest, AnotherPlaceOnTheStackIsAnotherFrame) {
  code_.reaches = {{10, 10}, {20, 20}, {30, 30}};
  const uint32_t before = Stack({10, 20, 30});
  EXPECT_EQ(rule_.Compare(paths_, before, Stack({10, 20, 30}, {64, 64, 64}), true).frames, 0u);
  // A frame that grew is the same: its CFA is where it was.
  EXPECT_EQ(rule_.Compare(paths_, before, Stack({10, 20, 30}, {0, 64, 64}), true).frames, 2u);
}

TEST_F(ActivationRuleTest, StacksThatShareTheirOuterPartAreComparedLikeOthers) {
  code_.reaches = {{20, 20}, {30, 31}};
  const uint32_t outer = Stack({10, 20});
  const auto add = [&](uint64_t site) {
    paths_.push_back({stacks_.AddLocation(0, site, false), outer, 3, 48});
    return static_cast<uint32_t>(paths_.size() - 1);
  };
  const uint32_t before = add(30), after = add(31);
  EXPECT_EQ(rule_.Compare(paths_, before, after, true).frames, 3u);
  EXPECT_EQ(rule_.Compare(paths_, after, before, true).frames, 2u);
  EXPECT_EQ(rule_.Compare(paths_, before, outer, true).frames, 2u);
  EXPECT_EQ(rule_.Compare(paths_, outer, outer, true).frames, 2u);
}

TEST_F(ActivationRuleTest, WithoutCodeAFrameMovesToGreaterAddressesOnly) {
  ActivationRule rule(trace_, stacks_, nullptr);
  const uint32_t first = Stack({10, 20}), second = Stack({10, 21}), again = Stack({10, 20});
  EXPECT_EQ(rule.Compare(paths_, first, second, true).frames, 2u);
  EXPECT_EQ(rule.Compare(paths_, second, first, true).frames, 0u);
  EXPECT_EQ(rule.Compare(paths_, first, again, true).frames, 0u);
}

TEST_F(ActivationRuleTest, EachPairIsAskedForOnce) {
  code_.reaches = {{30, 31}};
  for (int i = 0; i < 3; i++) Compare({10, 20, 30}, {10, 20, 31});
  EXPECT_EQ(code_.questions, 1);
}

}  // namespace
}  // namespace allocprof::model
