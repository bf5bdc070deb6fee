// SPDX-License-Identifier: Apache-2.0
//
// Whose allocations a scope takes; kinds intersect.
#include <gtest/gtest.h>

#include "run_by_hand.h"

namespace allocprof::budget {
namespace {

Run Program() {
  return RunByHand({
      {{"main@src/main.cc:3", "parse@src/json/parse.cc:7", "!grow"}, {{"allocations", 8}}},
      {{"main@src/main.cc:9", "print@src/print.cc:1"}, {{"allocations", 4}}, "worker-1", false},
      {{"!_dl_init", "setup@src/main.cc:1"}, {{"allocations", 2}}, "demo", true, "before main"},
      {{"!_dl_init"}, {{"allocations", 1}}, "demo", true, "before main"},
  });
}

uint64_t In(const std::string& scope) {
  const BudgetFile file = BudgetOf(R"({"version":1,"budgets":[{"id":"a","allow_empty":true,)"
                                   R"("scope":)" +
                                   scope + R"(,"allocations":{"max":0}}]})");
  const Runs runs = {Program()};
  return CheckOf(file, runs).verdicts.at(0).figure;
}

TEST(ScopeTest, EachKind) {
  EXPECT_EQ(In(R"({"function":"^parse$"})"), 8u);
  EXPECT_EQ(In(R"({"function":"main"})"), 12u);
  EXPECT_EQ(In(R"({"function":"main","self":true})"), 0u);
  EXPECT_EQ(In(R"({"function":"parse","self":true})"), 8u);
  EXPECT_EQ(In(R"({"file":"json/*.cc"})"), 8u);
  EXPECT_EQ(In(R"({"file":"main.cc"})"), 14u);
  EXPECT_EQ(In(R"({"file":"main.cc","self":true})"), 2u);
  EXPECT_EQ(In(R"({"module":"libc.so*"})"), 11u);
  EXPECT_EQ(In(R"({"module":"libc.so*","self":true})"), 1u);
  EXPECT_EQ(In(R"({"thread":"worker*"})"), 4u);
  EXPECT_EQ(In(R"({"thread":"main"})"), 11u);
  EXPECT_EQ(In(R"({"phase":"before_main"})"), 3u);
  EXPECT_EQ(In(R"({"phase":"main"})"), 12u);
  EXPECT_EQ(In(R"({"phase":"after_main"})"), 0u);
}

TEST(ScopeTest, KindsIntersect) {
  EXPECT_EQ(In(R"({"function":"main","thread":"worker-1"})"), 4u);
  EXPECT_EQ(In(R"({"function":"parse","thread":"worker-1"})"), 0u);
  EXPECT_EQ(In(R"({"file":"main.cc","phase":"before_main"})"), 2u);
}

TEST(ScopeTest, ATraceWithoutRegionsHasNothingInOne) {
  EXPECT_EQ(In(R"({"region":"callback"})"), 0u);
}

TEST(ScopeTest, NothingInAScopeIsAMistakeUnlessItIsAllowed) {
  const BudgetFile file =
      BudgetOf(R"({"version":1,"budgets":[{"id":"a","scope":{"function":"^prase","phase":"main"},)"
               R"("allocations":{"max":5}}]})");
  const Result<Outcome> outcome = Check(file, nullptr, {Program()}, {});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.status().code(), ErrorCode::kUsage);
  EXPECT_EQ(outcome.status().message(),
            "demo.budget.json: /budgets/0/scope: no allocation is in the scope function '^prase', "
            "phase 'main'; mend it, or say \"allow_empty\": true if none is to be there");
}

}  // namespace
}  // namespace allocprof::budget
