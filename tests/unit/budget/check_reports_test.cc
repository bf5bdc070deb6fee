// SPDX-License-Identifier: Apache-2.0
//
// Every format of a check: the same figures in each, and no name of a symbol or file can break out
// of its place. That SARIF and JUnit are valid is tested in tests/integration/check_formats.py.
#include "budget/check_reports.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "run_by_hand.h"

namespace allocprof::budget {
namespace {

const char* const kHostile[] = {
    "</failure><script>alert(1)</script>",
    "two\n::error file=x::injected\r\n::stop-commands::t",
    "##[error]old command",
    "pipe|`tick` **bold** [link](x) @everyone <b>",
    "invalid \xFF\xFE utf8 \xEF\xBF\xBF",
    "\x1b[31mred\x1b]0;title\x07",
    "quote\"apostrophe'%0A%25,comma:colon",
};

std::string Written(const std::string& format, const Outcome& outcome,
                    const CheckSubject& subject) {
  std::ostringstream out;
  FindCheckFormat(format)->write(outcome, subject, out);
  return out.str();
}

struct Broken {
  explicit Broken(const std::string& name)
      : file(BudgetOf(R"({"version":1,"budgets":[{"id":"total","allocations":{"max":1000}}]})")) {
    runs.push_back(RunByHand(
        {{{"main@src/main.cc:3", name + "@src/" + name + ":7"}, {{"allocations", 1240}}}}));
    outcome = CheckOf(file, runs);
    subject = SubjectByHand();
    subject.program = name;
    subject.arguments = name;
  }
  BudgetFile file;
  Runs runs;
  Outcome outcome;
  CheckSubject subject;
};

TEST(CheckReportsTest, TextHasTheShapeOfAnErrorOfGcc) {
  const Broken b("parse");
  EXPECT_EQ(Written("text", b.outcome, b.subject),
            "src/parse:7: error: [total] 1,240 allocations > 1,000 (+24.0 %)\n"
            "    1,240 allocations: parse src/parse:7 < main src/main.cc:3\n"
            "    to accept: set /budgets/0/allocations/max in demo.budget.json to 1240\n"
            "parse: 1 of 1 limit broken\n");
}

TEST(CheckReportsTest, EachFormatShowsTheSameFigures) {
  const Broken b("parse");
  for (const CheckFormat& format : CheckFormats()) {
    const std::string text = Written(format.name, b.outcome, b.subject);
    const bool bare = std::string(format.name) == "ctest";
    EXPECT_NE(text.find(bare ? "1240" : "1,240 allocations"), text.npos) << format.name;
  }
}

TEST(CheckReportsTest, HostileNamesStayInTheirPlace) {
  for (const std::string name : kHostile) {
    const Broken b(name);
    for (const CheckFormat& format : CheckFormats()) {
      SCOPED_TRACE(std::string(format.name) + ": " + name);
      const std::string text = Written(format.name, b.outcome, b.subject);
      EXPECT_EQ(text.find('\x1b'), text.npos);
      EXPECT_EQ(text.find('\r'), text.npos);
      EXPECT_EQ(text.find("##["), text.npos) << text;
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) {
        const bool ours =
            std::string(format.name) == "github" && line.rfind("::error file=", 0) == 0;
        EXPECT_TRUE(ours || line.find_first_not_of(' ') == line.npos ||
                    line.compare(line.find_first_not_of(' '), 2, "::") != 0)
            << line;
      }
      const std::string kind = format.name;
      if (kind == "md" || kind == "junit" || kind == "ctest") {
        EXPECT_EQ(text.find("<script>"), text.npos) << text;
      }
    }
  }
}

TEST(CheckReportsTest, MarkdownNotifiesNobodyAndBreaksNoTable) {
  const Broken b("pipe|`tick` @everyone <b>");
  const std::string text = Written("md", b.outcome, b.subject);
  EXPECT_EQ(text.find("@everyone"), text.npos);
  EXPECT_EQ(text.find("<b>"), text.npos);
  EXPECT_NE(text.find("pipe\\|\\`tick\\`"), text.npos) << text;
}

TEST(CheckReportsTest, JsonOfAllKindsParses) {
  for (const std::string name : kHostile) {
    const Broken b(name);
    for (const char* format : {"json", "sarif", "gitlab"}) {
      EXPECT_TRUE(nlohmann::json::accept(Written(format, b.outcome, b.subject))) << format;
    }
  }
  const Broken b("parse");
  const auto json = nlohmann::json::parse(Written("json", b.outcome, b.subject));
  EXPECT_EQ(json["schema"], "allocprof.check/1");
  EXPECT_EQ(json["result"], "broken");
  EXPECT_EQ(json["limits"][0]["figure"], 1240);
  EXPECT_EQ(json["limits"][0]["limit"], 1000);
  EXPECT_EQ(json["limits"][0]["baseline"], nullptr);
  EXPECT_EQ(json["limits"][0]["place"]["line"], 7);
  EXPECT_EQ(json["limits"][0]["culprits"][0]["frames"][0]["function"], "parse");
}

TEST(CheckReportsTest, GitHubShowsTenAndSaysHowManyMore) {
  std::string budgets;
  for (int i = 1; i <= 13; i++) {
    budgets += (i == 1 ? "" : ",") + std::string("{\"id\":\"b") + std::to_string(i) +
               "\",\"allocations\":{\"max\":" + std::to_string(i) + "}}";
  }
  const BudgetFile file = BudgetOf("{\"version\":1,\"budgets\":[" + budgets + "]}");
  const Runs runs = {
      RunByHand({{{"main@src/main.cc:3", "parse@src/a,b:c%.cc:7"}, {{"allocations", 100}}}})};
  const std::string text = Written("github", CheckOf(file, runs), SubjectByHand());
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 10u);
  EXPECT_EQ(lines[0].rfind("::error file=src/a%2Cb%3Ac%25.cc,line=7,title=allocation budget "
                           "b1::100 allocations > 1 (+9900.0 %25)%0A",
                           0),
            0u)
      << lines[0];
  EXPECT_EQ(lines[0].find("more limits"), lines[0].npos);
  EXPECT_NE(lines[9].find("%0A3 more limits are broken"), lines[9].npos);
}

TEST(CheckReportsTest, PathsAreRelativeToTheFirstRootThatHolds) {
  EXPECT_EQ(RelativePath("/home/me/demo/src/a.cc", {"/home/me/demo"}), "src/a.cc");
  EXPECT_EQ(RelativePath("/home/me/demonstration/a.cc", {"/home/me/demo"}),
            "/home/me/demonstration/a.cc");
  EXPECT_EQ(RelativePath("/src/a.cc", {"", "/", "/src/"}), "a.cc");
  EXPECT_EQ(RelativePath("src/a.cc", {"/x"}), "src/a.cc");
}

TEST(CheckReportsTest, AFingerprintHoldsNoFigureAndNoLine) {
  const auto fingerprint = [](uint64_t figure, const char* line) {
    const BudgetFile file =
        BudgetOf(R"({"version":1,"budgets":[{"id":"total","allocations":{"max":1}}]})");
    const Runs runs = {RunByHand({{{"main@src/main.cc:3", std::string("parse@src/a.cc:") + line},
                                   {{"allocations", figure}}}})};
    return Fingerprint(CheckOf(file, runs).verdicts[0]);
  };
  EXPECT_EQ(fingerprint(100, "7"), fingerprint(200, "9"));
}

}  // namespace
}  // namespace allocprof::budget
