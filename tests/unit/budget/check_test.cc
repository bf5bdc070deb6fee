// SPDX-License-Identifier: Apache-2.0
#include "budget/check.h"

#include <gtest/gtest.h>

#include "run_by_hand.h"

namespace allocprof::budget {
namespace {

std::string OneBudget(const std::string& members) {
  return R"({"version":1,"budgets":[{"id":"a",)" + members + "}]}";
}

Run Program(uint64_t parse = 8, uint64_t print = 4) {
  return RunByHand({{{"main@src/main.cc:3", "parse@src/parse.cc:7"},
                     {{"allocations", parse}, {"size_max", 100}, {"peak_bytes", 10 * parse}}},
                    {{"main@src/main.cc:3", "print@src/print.cc:1"},
                     {{"allocations", print}, {"size_max", 300}}}},
                   {{"threads", 3}});
}

Verdict First(const std::string& members, const Runs& runs, const Baseline* baseline = nullptr) {
  static std::vector<BudgetFile> files;  // the verdict points into it
  files.reserve(100);
  files.push_back(BudgetOf(OneBudget(members)));
  return CheckOf(files.back(), runs, baseline).verdicts.at(0);
}

TEST(CheckTest, AFigureAtItsLimitKeepsIt) {
  EXPECT_EQ(First(R"("allocations":{"max":12})", {Program()}).judgement, Judgement::kKept);
  EXPECT_EQ(First(R"("allocations":{"max":11})", {Program()}).judgement, Judgement::kBroken);
  EXPECT_EQ(First(R"("allocations":{"min":12})", {Program()}).judgement, Judgement::kKept);
  EXPECT_EQ(First(R"("allocations":{"min":13})", {Program()}).judgement, Judgement::kBroken);
  EXPECT_EQ(First(R"("allocations":{"equal":12})", {Program()}).judgement, Judgement::kKept);
  EXPECT_EQ(First(R"("allocations":{"equal":13})", {Program()}).judgement, Judgement::kBroken);
}

TEST(CheckTest, TheLargestAndTheProcesssOwn) {
  EXPECT_EQ(First(R"("size_max":{"max":1})", {Program()}).figure, 300u);
  EXPECT_EQ(First(R"("scope":{"function":"parse"},"size_max":{"max":1})", {Program()}).figure,
            100u);
  EXPECT_EQ(First(R"("threads":{"max":1})", {Program()}).figure, 3u);
}

TEST(CheckTest, WithoutABaselineTheLargestAreToBlame) {
  const Runs runs = {Program()};
  const Verdict verdict = First(R"("allocations":{"max":1})", runs);
  ASSERT_EQ(verdict.culprits.size(), 2u);
  EXPECT_EQ(verdict.culprits[0].figure, 8u);
  EXPECT_FALSE(verdict.culprits[0].before.has_value());
  EXPECT_EQ(Sentence(verdict), "12 allocations > 1 (+1100.0 %)");
  const CheckSubject subject = SubjectByHand();
  EXPECT_EQ(PlaceText(verdict, subject), "src/parse.cc:7");
  EXPECT_EQ(CulpritFigure(verdict, verdict.culprits[0]), "8 allocations");
  EXPECT_EQ(CulpritStack(verdict.culprits[0], subject),
            "parse src/parse.cc:7 < main src/main.cc:3");
  EXPECT_EQ(Remedy(verdict, subject), "set /budgets/0/allocations/max in demo.budget.json to 12");
}

TEST(CheckTest, WithABaselineThoseThatHaveGrownAre) {
  const BudgetFile file = BudgetOf(OneBudget(R"("allocations":{"max":"10%"})"));
  const Result<Baseline> baseline = MakeBaseline(file, {Program(8, 4)});
  ASSERT_TRUE(baseline.ok());
  const Runs worse = {
      RunByHand({{{"main@src/main.cc:5", "parse@src/parse.cc:8"}, {{"allocations", 8}}},
                 {{"main@src/main.cc:5", "print@src/print.cc:9"}, {{"allocations", 5}}},
                 {{"main@src/main.cc:5", "log@src/log.cc:2"}, {{"allocations", 2}}}})};
  const Outcome outcome = CheckOf(file, worse, &baseline.value());
  const Verdict& verdict = outcome.verdicts.at(0);
  EXPECT_EQ(Sentence(verdict), "15 allocations > 13 (+15.4 %; baseline 12)");
  ASSERT_EQ(verdict.culprits.size(), 2u);
  EXPECT_EQ(CulpritFigure(verdict, verdict.culprits[0]), "2 allocations, NEW");
  EXPECT_EQ(CulpritFigure(verdict, verdict.culprits[1]), "5 allocations (+1)");
  EXPECT_EQ(PlaceText(verdict, SubjectByHand()), "src/log.cc:2");
  EXPECT_EQ(Remedy(verdict, SubjectByHand()),
            "allocprof baseline update --accept-increase a --budget demo.budget.json trace.json");
}

TEST(CheckTest, BelowTheBaselineIsBetterAndWithinItIsKept) {
  const BudgetFile file = BudgetOf(OneBudget(R"("allocations":{"max":"10%"})"));
  const Result<Baseline> baseline = MakeBaseline(file, {Program(8, 4)});
  ASSERT_TRUE(baseline.ok());
  const auto judged = [&](uint64_t print) {
    return CheckOf(file, {Program(8, print)}, &baseline.value()).verdicts.at(0).judgement;
  };
  EXPECT_EQ(judged(3), Judgement::kBetter);
  EXPECT_EQ(judged(4), Judgement::kKept);
  EXPECT_EQ(judged(5), Judgement::kKept);
  EXPECT_EQ(judged(6), Judgement::kBroken);
}

TEST(CheckTest, AShareOfAFigureThatTheBaselineLacksIsAMistake) {
  const BudgetFile file = BudgetOf(OneBudget(R"("allocations":{"max":"10%"})"));
  const Baseline empty;
  const Baseline* const kWithout[] = {nullptr, &empty};
  for (const Baseline* baseline : kWithout) {
    const Result<Outcome> outcome =
        Check(file, baseline, {Program()}, {3, "demo.budget.json", "demo.baseline.json"});
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.status().code(), ErrorCode::kUsage);
    EXPECT_EQ(outcome.status().message(),
              "demo.baseline.json: /figures/a allocations: is missing, and "
              "/budgets/0/allocations/max of demo.budget.json is a share of it; write it: "
              "allocprof baseline update TRACE");
  }
}

TEST(CheckTest, AFigureThatTheTraceCannotTellIsNoZero) {
  auto report = std::make_shared<report::Report>();
  report::Table table{.key = "sites", .title = ""};
  table.columns = {{"contained_allocations", "", report::Unit::kCount}};
  table.rows = {{report::Value()}};
  table.stacks.resize(1);
  report->tables.push_back(table);
  const BudgetFile file = BudgetOf(OneBudget(R"("contained_allocations":{"max":1})"));
  const Result<Outcome> outcome = Check(file, nullptr, {ARun(report)}, {});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.status().code(), ErrorCode::kUnreadable);
}

TEST(CheckTest, OfSeveralRunsTheWorstIsJudged) {
  const Runs runs = {Program(8, 4), Program(8, 9), Program(8, 1)};
  EXPECT_EQ(First(R"("allocations":{"max":15})", runs).figure, 17u);
  EXPECT_EQ(First(R"("allocations":{"max":99})", runs).figure, 17u);
  EXPECT_EQ(First(R"("allocations":{"min":10})", runs).figure, 9u);
  EXPECT_EQ(First(R"("allocations":{"equal":12})", runs).figure, 17u);
}

TEST(CheckTest, WhatIsNotTheSameInEachRunIsNamedAndLeftOutOnlyOnDemand) {
  const Runs runs = {Program(8, 4), Program(8, 9)};
  const BudgetFile strict =
      BudgetOf(OneBudget(R"("allocations":{"max":8},"peak_bytes":{"max":80})"));
  const Outcome all = CheckOf(strict, runs);
  EXPECT_EQ(all.verdicts[0].figure, 17u);
  EXPECT_EQ(all.verdicts[0].judgement, Judgement::kBroken);
  EXPECT_EQ(all.verdicts[1].figure, 80u);
  ASSERT_EQ(all.unstable.size(), 1u);
  EXPECT_EQ(UnstableText(all.unstable[0]), "4 to 9 allocations from run to run");
  EXPECT_EQ(CulpritStack(*all.unstable[0].stack, SubjectByHand()),
            "print src/print.cc:1 < main src/main.cc:3");
  const BudgetFile lenient =
      BudgetOf(OneBudget(R"("exclude_unstable":true,"allocations":{"max":8})"));
  const Outcome rest = CheckOf(lenient, runs);
  EXPECT_EQ(rest.verdicts[0].figure, 8u);
  EXPECT_EQ(rest.verdicts[0].judgement, Judgement::kKept);
  EXPECT_EQ(rest.unstable.size(), 1u);
}

TEST(CheckTest, LinesOfOneFunctionAreOneCulprit) {
  const Runs runs = {
      RunByHand({{{"main@src/main.cc:3", "parse@src/parse.cc:7"}, {{"allocations", 2}}},
                 {{"main@src/main.cc:3", "parse@src/parse.cc:9"}, {{"allocations", 5}}},
                 {{"main@src/main.cc:4", "parse@src/parse.cc:9"}, {{"allocations", 1}}}})};
  const Verdict verdict = First(R"("allocations":{"max":1})", runs);
  ASSERT_EQ(verdict.culprits.size(), 1u);
  EXPECT_EQ(CulpritStack(verdict.culprits[0], SubjectByHand()),
            "parse src/parse.cc:9 < main src/main.cc:3 (6 in src/parse.cc:9, 2 in line 7)");
}

}  // namespace
}  // namespace allocprof::budget
