// SPDX-License-Identifier: Apache-2.0
//
// A budget file as people write it, and each mistake that they can make in one.
#include "budget/budget_file.h"

#include <gtest/gtest.h>

#include "run_by_hand.h"

namespace allocprof::budget {
namespace {

std::string MistakeIn(const std::string& text) {
  const Result<BudgetFile> file = ParseBudget("b.json", text);
  if (file.ok()) return "";
  EXPECT_EQ(file.status().code(), ErrorCode::kUsage);
  return file.status().message();
}

// One budget, of which `members` are all but the id.
std::string MistakeInBudget(const std::string& members) {
  return MistakeIn(R"({"version":1,"budgets":[{"id":"a",)" + members + "}]}");
}

TEST(BudgetFileTest, TheExampleOfTheDesign) {
  const BudgetFile file = BudgetOf(R"({
    "$schema": "budget.schema.json",
    "version": 1, // of this format
    "budgets": [
      { "id": "total", "allocations": {"max": 1000}, "peak_bytes": {"max": "10 MiB"},
        "leaked_bytes": {"max": 0} },
      /* the parser */
      { "id": "parser", "description": "one a line", "scope": {"function": "^parse_"},
        "allocations": {"max": "5%", "min": 1} },
      { "id": "audio", "allow_empty": true, "exclude_unstable": true,
        "scope": {"region": "callback", "function": "mix", "self": true, "file": "src/*.c",
                  "module": "lib*", "thread": "main", "phase": "before_main"},
        "allocations": {"equal": 0} } ] })");
  ASSERT_EQ(file.budgets.size(), 3u);
  const Budget& total = file.budgets[0];
  EXPECT_EQ(total.id, "total");
  EXPECT_FALSE(total.scope.any());
  ASSERT_EQ(total.metrics.size(), 3u);
  EXPECT_STREQ(total.metrics[1].metric->name, "peak_bytes");
  EXPECT_EQ(total.metrics[1].limits[0].amount, 10u << 20);
  EXPECT_EQ(total.metrics[1].limits[0].pointer, "/budgets/0/peak_bytes/max");
  const Budget& parser = file.budgets[1];
  EXPECT_EQ(parser.description, "one a line");
  EXPECT_EQ(parser.scope.Text(), "function '^parse_'");
  ASSERT_EQ(parser.metrics[0].limits.size(), 2u);
  EXPECT_TRUE(parser.metrics[0].limits[0].of_baseline);
  EXPECT_EQ(parser.metrics[0].limits[1].bound, Bound::kMin);
  const Budget& audio = file.budgets[2];
  EXPECT_TRUE(audio.allow_empty && audio.exclude_unstable && audio.scope.self);
  EXPECT_EQ(audio.scope.phase, analysis::Phase::kBeforeMain);
  EXPECT_EQ(audio.metrics[0].limits[0].bound, Bound::kEqual);
  EXPECT_TRUE(file.needs_baseline());
  EXPECT_TRUE(file.needs_threads());
}

TEST(BudgetFileTest, EachMetricOfTheVocabularyIsTaken) {
  for (const Metric& metric : Metrics()) {
    const BudgetFile file = BudgetOf(R"({"version":1,"budgets":[{"id":"a",")" +
                                     std::string(metric.name) + R"(":{"max":1}}]})");
    ASSERT_EQ(file.budgets.size(), 1u);
    EXPECT_EQ(file.budgets[0].metrics[0].metric, &metric);
  }
}

TEST(BudgetFileTest, AMistakeNamesFilePlaceAndRemedy) {
  EXPECT_EQ(MistakeIn("{"), "b.json: line 1, column 2: is no JSON from here on; mend it there");
  EXPECT_EQ(MistakeIn("{\n \"version\": 1,\n}"),
            "b.json: line 3, column 1: is no JSON from here on; mend it there");
  EXPECT_EQ(MistakeIn("[]"),
            "b.json: /: is no object; write { \"version\": 1, \"budgets\": [ … ] }");
  EXPECT_EQ(MistakeIn(R"({"version":1,"budgetz":[]})"),
            "b.json: /budgetz: is no key of this object; did you mean 'budgets'?");
  EXPECT_EQ(MistakeIn(R"({"budgets":[]})"), "b.json: /version: is missing; write \"version\": 1");
  EXPECT_EQ(MistakeIn(R"({"version":2,"budgets":[]})"),
            "b.json: /version: is 2, and this allocprof reads version 1; install a newer one");
  EXPECT_EQ(MistakeIn(R"({"version":1,"budgets":[]})"),
            "b.json: /budgets: is no list of budgets; write at least one, [ { \"id\": \"total\", "
            "\"allocations\": { \"max\": 1000 } } ]");
  EXPECT_EQ(MistakeInBudget(R"("alocations":{"max":1})"),
            "b.json: /budgets/0/alocations: is no key of this object; did you mean "
            "'allocations'?");
  EXPECT_EQ(MistakeInBudget(R"("allocations":{"max":"5 pc"})"),
            "b.json: /budgets/0/allocations/max: '5 pc' is no amount of allocations: write 1000 "
            "or \"5%\"");
  EXPECT_EQ(MistakeInBudget(R"("allocations":{"maximum":5})"),
            "b.json: /budgets/0/allocations/maximum: is no key of this object; it takes max, min, "
            "equal");
  EXPECT_EQ(MistakeInBudget(R"("scope":{"function":"a("},"frees":{"max":1})"),
            "b.json: /budgets/0/scope/function: is no regular expression: missing closing "
            "parenthesis at character 3");
  EXPECT_EQ(MistakeInBudget(R"("scope":{"phase":"after"},"frees":{"max":1})"),
            "b.json: /budgets/0/scope/phase: 'after' is no phase; write before_main, main or "
            "after_main");
  EXPECT_EQ(MistakeInBudget(R"("scope":{"self":true},"frees":{"max":1})"),
            "b.json: /budgets/0/scope/self: goes with function, file or module; add one of them");
  EXPECT_EQ(MistakeInBudget(R"("scope":{"thread":"x"},"threads":{"max":1})"),
            "b.json: /budgets/0/threads: is of the whole process; move it to a budget without a "
            "scope");
  EXPECT_EQ(MistakeInBudget(R"("description":"x")"),
            "b.json: /budgets/0: limits nothing; add a metric, \"allocations\": { \"max\": 1000 }");
  EXPECT_EQ(MistakeIn(R"({"version":1,"budgets":[{"id":"a","frees":{"max":1}},
                                                 {"id":"a","frees":{"max":1}}]})"),
            "b.json: /budgets/1/id: 'a' is the id of /budgets/0, too; rename one of them");
}

TEST(BudgetFileTest, OtherMistakes) {
  for (const char* members :
       {R"("allocations":{})", R"("allocations":5)", R"("allocations":{"max":-1})",
        R"("allocations":{"max":1.5})", R"("allocations":{"max":null})",
        R"("allocations":{"max":1e400})", R"("allow_empty":1,"frees":{"max":1})",
        R"("scope":[],"frees":{"max":1})", R"("scope":{"file":""},"frees":{"max":1})",
        R"("scope":{"line":3},"frees":{"max":1})", R"("description":7,"frees":{"max":1})",
        R"("peak_bytes":{"max":"9 apples"})", R"("frees":{"max":18446744073709551616})"}) {
    EXPECT_NE(MistakeInBudget(members), "") << members;
  }
  for (const char* id : {R"("")", "7", R"("a b")", R"("-a")", R"("a\n")", R"("ü")"}) {
    EXPECT_NE(
        MistakeIn(R"({"version":1,"budgets":[{"frees":{"max":1},"id":)" + std::string(id) + "}]}"),
        "")
        << id;
  }
}

TEST(BudgetFileTest, AKeyThatIsThereTwiceIsAMistake) {
  EXPECT_EQ(MistakeInBudget(R"("frees":{"max":1},"frees":{"max":99})"),
            "b.json: has the key 'frees' twice in one object; keep one of them");
  // In two objects it is none.
  EXPECT_EQ(MistakeInBudget(R"("frees":{"max":1},"allocations":{"max":99})"), "");
}

TEST(BudgetFileTest, HostileTextsAreOneHarmlessLine) {
  const std::string deep = MistakeIn(std::string(100000, '['));
  EXPECT_NE(deep, "");
  EXPECT_EQ(MistakeIn(std::string(300, '[') + std::string(300, ']')), "b.json: is nested too deep");
  const std::string message = MistakeInBudget("\"\\u001b[31m\\n::error::\":1");
  EXPECT_EQ(message.find('\n'), message.npos);
  EXPECT_EQ(message.find('\x1b'), message.npos);
  EXPECT_NE(message.find("\\x1b[31m\\n"), message.npos) << message;
  EXPECT_NE(MistakeIn("\xff\xfe"), "");
}

TEST(BudgetFileTest, AMissingFileSaysHowToMakeOne) {
  const Result<BudgetFile> file = ReadBudget("/nonexistent/b.json");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().code(), ErrorCode::kUsage);
  EXPECT_EQ(file.status().message(),
            "/nonexistent/b.json: cannot be read: no such file; name another after --budget, or "
            "write one: allocprof budget init TRACE");
  EXPECT_FALSE(ReadBudget("/").ok());
}

}  // namespace
}  // namespace allocprof::budget
