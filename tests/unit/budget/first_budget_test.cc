// SPDX-License-Identifier: Apache-2.0
#include "budget/first_budget.h"

#include <gtest/gtest.h>

#include "run_by_hand.h"

namespace allocprof::budget {
namespace {

Runs Program() {
  return {
      RunByHand({{{"main@src/main.cc:3", "Tree<int>::insert(int)@src/tree.h:7"},
                  {{"allocations", 60000}, {"allocated_bytes", 5000000}, {"peak_bytes", 123456}}},
                 {{"main@src/main.cc:3", "print(char const*)@src/print.cc:1"},
                  {{"allocations", 39000}, {"allocated_bytes", 700}, {"leaked_bytes", 77}}},
                 {{"main@src/main.cc:3", "small()@src/print.cc:1"}, {{"allocations", 100}}}})};
}

TEST(FirstBudgetTest, ItsProgramKeepsItAndAWorseOneDoesNot) {
  const Runs runs = Program();
  const BudgetFile file = BudgetOf(FirstBudget(runs[0], {10, "demo", "allocprof budget init t"}));
  ASSERT_EQ(file.budgets.size(), 3u);
  EXPECT_EQ(file.budgets[1].id, "insert");
  EXPECT_EQ(file.budgets[1].scope.function, "\\binsert\\b");
  EXPECT_TRUE(file.budgets[1].scope.self);
  EXPECT_EQ(file.budgets[2].id, "print");
  const Outcome outcome = CheckOf(file, runs);
  EXPECT_EQ(outcome.Count(Judgement::kBroken), 0u);
  EXPECT_EQ(outcome.verdicts[0].bound, 110000u);      // 99,100 and a tenth, rounded up
  EXPECT_EQ(outcome.verdicts[2].bound, 133u * 1024);  // 135,802 and up
  EXPECT_EQ(outcome.verdicts[3].bound, 77u);          // leaks get no room
}

TEST(FirstBudgetTest, WithoutHeadroomItIsRoundedUpAndKept) {
  const Runs runs = Program();
  const BudgetFile file = BudgetOf(FirstBudget(runs[0], {0, "demo", "x"}));
  EXPECT_EQ(CheckOf(file, runs).Count(Judgement::kBroken), 0u);
}

TEST(FirstBudgetTest, HostileNamesStayInTheirCommentsAndStrings) {
  const Runs runs = {RunByHand({{{"main", "evil\n\"}]}\x1b[31m::\\w(x)"}, {{"allocations", 9}}},
                                {{"main", "a::operator()(int)"}, {{"allocations", 9}}}})};
  const BudgetFile file = BudgetOf(FirstBudget(runs[0], {10, "de\nmo */", "a\nb"}));
  EXPECT_EQ(CheckOf(file, runs).Count(Judgement::kBroken), 0u);
}

}  // namespace
}  // namespace allocprof::budget
