// SPDX-License-Identifier: Apache-2.0
//
// The baseline's file, and how it moves on.
#include "budget/baseline.h"

#include <gtest/gtest.h>

#include <sstream>

#include "budget/ratchet.h"
#include "run_by_hand.h"

namespace allocprof::budget {
namespace {

BudgetFile TwoBudgets() {
  return BudgetOf(R"({"version":1,"budgets":[
    {"id":"total","allocations":{"max":"5%"},"leaked_bytes":{"max":0}},
    {"id":"parser","scope":{"function":"parse"},"allocations":{"max":"0%"}}]})");
}

Run Program(uint64_t parse, uint64_t print) {
  return RunByHand({{{"main", "parse"}, {{"allocations", parse}}},
                    {{"main", "print"}, {{"allocations", print}}}});
}

Baseline Measured(uint64_t parse, uint64_t print) {
  const Result<Baseline> baseline = MakeBaseline(TwoBudgets(), {Program(parse, print)});
  EXPECT_TRUE(baseline.ok());
  return baseline.ok() ? baseline.value() : Baseline();
}

TEST(BaselineTest, OneEntryALineInAStableOrder) {
  const std::string text = BaselineText(Measured(8, 4));
  EXPECT_EQ(text.substr(0, text.find("\"left_out\"")),
            "{\"schema\":\"allocprof.baseline/1\",\n"
            "\"figures\":{\n"
            "\"parser allocations\":8,\n"
            "\"total allocations\":12,\n"
            "\"total leaked_bytes\":0\n"
            "},\n");
  EXPECT_NE(text.find("{\"allocations\":8,\"leaked_bytes\":0,\"at\":\"parse < main\"}"), text.npos)
      << text;
  std::istringstream lines(text);
  std::string line;
  std::vector<std::string> stacks;
  while (std::getline(lines, line)) {
    if (line.find("\"at\"") != line.npos) stacks.push_back(line);
  }
  EXPECT_EQ(stacks.size(), 3u);  // one of the parser's, two of the total
  EXPECT_TRUE(std::is_sorted(stacks.begin(), stacks.end()));
}

TEST(BaselineTest, ReadsBackAsItWasWritten) {
  const Baseline baseline = Measured(8, 4);
  const Result<Baseline> again = ParseBaseline("b.json", BaselineText(baseline));
  ASSERT_TRUE(again.ok()) << again.status().message();
  EXPECT_EQ(BaselineText(again.value()), BaselineText(baseline));
  EXPECT_EQ(again.value().Find("total", "allocations"), 12u);
  EXPECT_EQ(again.value().Find("total", "frees"), std::nullopt);
}

TEST(BaselineTest, AFaultyOneSaysWhereAndWhatToDo) {
  const auto mistake = [](const char* text) {
    const Result<Baseline> baseline = ParseBaseline("b.json", text);
    EXPECT_FALSE(baseline.ok()) << text;
    return baseline.ok() ? "" : baseline.status().message();
  };
  EXPECT_EQ(mistake("{}"),
            "b.json: /schema: is not allocprof.baseline/1; write the file anew: allocprof "
            "baseline update TRACE");
  const std::string start = R"({"schema":"allocprof.baseline/1",)";
  EXPECT_EQ(mistake((start + R"("figures":{"a b":-1}})").c_str()),
            "b.json: /figures/a b: is no whole number; write the file anew: allocprof baseline "
            "update TRACE");
  mistake("[]");
  mistake("<<<<<<< HEAD");
  mistake((start + R"("figures":7})").c_str());
  mistake((start + R"("stacks":{"a":7}})").c_str());
  mistake((start + R"("stacks":{"a":{"at":"x","allocations":"7"}}})").c_str());
  mistake((start + R"("left_out":[]})").c_str());
}

TEST(BaselineTest, FewOfManyStacksAreKeptAndTheOthersBounded) {
  std::vector<SiteByHand> sites;
  for (uint64_t i = 1; i <= 150; i++) {
    sites.push_back({{"main", "f" + std::to_string(i)}, {{"allocations", i}}});
  }
  const BudgetFile file =
      BudgetOf(R"({"version":1,"budgets":[{"id":"a","allocations":{"max":"0%"}}]})");
  const Result<Baseline> baseline = MakeBaseline(file, {RunByHand(sites)});
  ASSERT_TRUE(baseline.ok());
  EXPECT_EQ(baseline.value().stacks.size(), 50u);
  EXPECT_EQ(baseline.value().left_out.at("a allocations"), 100u);
  // One that was left out is not called new, and is to blame for what is above all of those.
  sites[9].figures["allocations"] = 160;
  sites.push_back({{"main", "other"}, {{"allocations", 3}}});
  const Runs worse = {RunByHand(sites)};
  const Outcome outcome = CheckOf(file, worse, &baseline.value());
  ASSERT_EQ(outcome.verdicts[0].culprits.size(), 1u);
  EXPECT_EQ(CulpritFigure(outcome.verdicts[0], outcome.verdicts[0].culprits[0]),
            "160 allocations (+60)");
}

TEST(RatchetTest, WithoutItTheBaselineIsWhatWasMeasured) {
  const Baseline old = Measured(8, 4);
  std::vector<BaselineChange> changes;
  const Baseline moved = Ratchet(TwoBudgets(), &old, Measured(6, 9), {}, &changes);
  EXPECT_EQ(BaselineText(moved), BaselineText(Measured(6, 9)));
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(ChangeLine(changes[0]), "total allocations: 12 -> 15 (+25.0 %)");
  EXPECT_EQ(ChangeLine(changes[1]), "total leaked_bytes: 0, as before");
  EXPECT_EQ(ChangeLine(changes[2]), "parser allocations: 8 -> 6 (-25.0 %)");
}

TEST(RatchetTest, DownOnly) {
  const Baseline old = Measured(8, 4);
  std::vector<BaselineChange> changes;
  const Baseline moved = Ratchet(TwoBudgets(), &old, Measured(6, 9), {true, {}}, &changes);
  EXPECT_EQ(moved.Find("total", "allocations"), 12u);
  EXPECT_EQ(moved.Find("parser", "allocations"), 6u);
  EXPECT_EQ(ChangeLine(changes[0]),
            "total allocations: 12 -> 15 (+25.0 %), refused: --accept-increase total");
  // The stacks of what was refused are the old ones, so that who grew can still be named.
  const Runs worse = {Program(6, 9)};
  const BudgetFile file = TwoBudgets();
  const Outcome outcome = CheckOf(file, worse, &moved);
  ASSERT_EQ(outcome.verdicts[0].culprits.size(), 1u);
  EXPECT_EQ(CulpritFigure(outcome.verdicts[0], outcome.verdicts[0].culprits[0]),
            "9 allocations (+5)");
}

TEST(RatchetTest, OneBudgetMayRiseAndNoOther) {
  const Baseline old = Measured(8, 4);
  std::vector<BaselineChange> changes;
  const Baseline moved =
      Ratchet(TwoBudgets(), &old, Measured(10, 4), {false, {"parser"}}, &changes);
  EXPECT_EQ(moved.Find("parser", "allocations"), 10u);
  EXPECT_EQ(moved.Find("total", "allocations"), 12u);
}

TEST(RatchetTest, WhatNoBudgetMentionsAnyMoreGoes) {
  Baseline old = Measured(8, 4);
  old.figures["gone frees"] = 7;
  std::vector<BaselineChange> changes;
  const Baseline moved = Ratchet(TwoBudgets(), &old, Measured(8, 4), {true, {}}, &changes);
  EXPECT_EQ(BaselineText(moved), BaselineText(Measured(8, 4)));
  EXPECT_EQ(ChangeLine(changes.back()), "gone frees: 7, dropped: no budget limits it");
  changes.clear();
  Ratchet(TwoBudgets(), nullptr, Measured(8, 4), {true, {}}, &changes);
  EXPECT_EQ(ChangeLine(changes[0]), "total allocations: 12, new");
}

}  // namespace
}  // namespace allocprof::budget
