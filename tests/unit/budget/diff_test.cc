// SPDX-License-Identifier: Apache-2.0
//
// What changed between two runs: matched stacks, those that moved, and changes that add up.
#include "budget/diff.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "budget/diff_reports.h"
#include "run_by_hand.h"

namespace allocprof::budget {
namespace {

const Metric& kAllocations = *FindMetric("allocations");

SiteByHand S(const std::vector<std::string>& frames, uint64_t allocations) {
  return {frames, {{"allocations", allocations}, {"allocated_bytes", 10 * allocations}}};
}

struct Compared {
  Compared(const std::vector<SiteByHand>& a, const std::vector<SiteByHand>& b)
      : before(RunByHand(a)), after(RunByHand(b)) {
    subject.diff = Compare(before, after, kAllocations);
  }
  std::string As(const std::string& format) const {
    std::ostringstream out;
    FindDiffFormat(format)->write(subject, out);
    return out.str();
  }
  size_t Count(Change change) const { return subject.diff.Of(change).size(); }

  ARun before, after;
  DiffSubject subject;
};

TEST(DiffTest, EachKindOfChange) {
  const Compared c({S({"main", "same"}, 5), S({"main", "grown"}, 5), S({"main", "shrunk"}, 5),
                    S({"main", "gone"}, 2)},
                   {S({"main", "same"}, 5), S({"main", "grown"}, 9), S({"main", "shrunk"}, 4),
                    S({"main", "fresh"}, 3)});
  for (const Change change :
       {Change::kSame, Change::kGrown, Change::kShrunk, Change::kGone, Change::kNew}) {
    EXPECT_EQ(c.Count(change), 1u) << ChangeName(change);
  }
  EXPECT_EQ(c.subject.diff.stacks[0].By(IndexOf(kAllocations)), 4);
  EXPECT_EQ(DiffSentence(c.subject), "4 allocations more (+23.5 %: 17 -> 21), +4 of it in grown.");
}

TEST(DiffTest, ChangesOfTheStacksAddUpToTheTotals) {
  const Compared c({S({"main", "a"}, 5), S({"main", "x", "b"}, 7), S({"main", "c"}, 1)},
                   {S({"main", "a"}, 6), S({"main", "y", "b"}, 4), S({"main", "z", "b"}, 8)});
  for (size_t metric = 0; metric < kMetrics; metric++) {
    if (Metrics()[metric].sum != Sum::kAdds) continue;
    int64_t sum = 0;
    for (const StackChange& stack : c.subject.diff.stacks) sum += stack.By(metric);
    EXPECT_EQ(sum,
              static_cast<int64_t>(c.subject.diff.after[metric] - c.subject.diff.before[metric]));
  }
}

TEST(DiffTest, LinesTemplatesAndClonesAreNoChange) {
  const Compared c(
      {S({"main@a.cc:1", "void Tree<int>::grow<1>(int)@t.h:7", "!std::vector::push_back"}, 5)},
      {S({"main@a.cc:9", "bool Tree<long>::grow<2>(long) [clone .isra.0]@t.h:3",
          "!std::vector::_M_insert"},
         5)});
  EXPECT_EQ(c.Count(Change::kSame), 1u);
  EXPECT_EQ(DiffSentence(c.subject),
            "Nothing has changed: 5 allocations before and after, in the same stacks.");
}

TEST(DiffTest, AnotherWayToTheSameFunctionIsAMove) {
  const Compared c({S({"main", "load", "parse"}, 5)},
                   {S({"main", "load", "read_all", "parse"}, 5)});
  ASSERT_EQ(c.Count(Change::kSame), 1u);
  EXPECT_TRUE(c.subject.diff.stacks[0].moved);
  EXPECT_NE(c.As("text").find("1 of them on another way than before"), std::string::npos);
  // Stripped: no name, and another offset in each build.
  const Compared stripped({S({"demo+0x1200"}, 5)}, {S({"demo+0x1340"}, 5)});
  EXPECT_EQ(stripped.Count(Change::kSame), 1u);
}

TEST(DiffTest, EqualTotalsInOtherStacksAreTold) {
  const Compared c({S({"main", "a"}, 5)}, {S({"main", "b"}, 5)});
  EXPECT_EQ(DiffSentence(c.subject),
            "As many allocations as before, 5, but 2 stacks have changed: 1 new, 1 gone.");
}

TEST(DiffTest, ListsThatAreCutSayWhatTheyLeaveOut) {
  std::vector<SiteByHand> many;
  for (int i = 1; i <= 14; i++) {
    many.push_back(S({"main", "f" + std::to_string(i)}, static_cast<uint64_t>(i)));
  }
  const Compared c({}, many);
  EXPECT_NE(c.As("text").find("New: 14 stacks, +105 allocations"), std::string::npos);
  EXPECT_NE(c.As("text").find("4 stacks, +10 allocations more, see --top 0"), std::string::npos);
  const auto json = nlohmann::json::parse(c.As("json"));
  EXPECT_EQ(json["stacks"].size(), 10u);
  EXPECT_EQ(json["omitted"]["stacks"], 4);
  EXPECT_EQ(json["omitted"]["by"], 10);
  EXPECT_EQ(json["totals"]["allocations"]["change"], 105);
}

TEST(DiffTest, HostileNamesStayInTheirPlace) {
  for (const std::string name : {"a|b `c` <script> @you", "two\n::error::x", "\x1b[31m##[error]"}) {
    const Compared c({S({"main", name}, 1)}, {S({"main", name}, 2), S({"main", name + "2"}, 1)});
    for (const char* format : {"text", "json", "md"}) {
      const std::string text = c.As(format);
      EXPECT_EQ(text.find('\x1b'), text.npos) << format;
      EXPECT_EQ(text.find("\n::"), text.npos) << format;
      EXPECT_EQ(text.find("##["), text.npos) << format;
    }
    EXPECT_EQ(c.As("md").find("<script>"), std::string::npos);
    EXPECT_EQ(c.As("md").find("@you"), std::string::npos);
    EXPECT_TRUE(nlohmann::json::accept(c.As("json")));
  }
}

TEST(FailRuleTest, AbsoluteRelativeAndInPercent) {
  const auto fails = [](const char* text, uint64_t before, uint64_t after) {
    const Result<FailRule> rule = ParseFailRule(text);
    EXPECT_TRUE(rule.ok()) << rule.status().message();
    return rule.ok() && rule.value().Fails(before, after);
  };
  EXPECT_TRUE(fails("allocations>+0", 5, 6));
  EXPECT_FALSE(fails("allocations>+0", 5, 5));
  EXPECT_FALSE(fails("allocations > +0", 6, 5));
  EXPECT_TRUE(fails("peak_bytes>+5%", 100, 106));
  EXPECT_FALSE(fails("peak_bytes>+5%", 100, 105));
  EXPECT_TRUE(fails("peak_bytes>+5%", 0, 1));
  EXPECT_TRUE(fails("leaked_bytes>0", 1, 1));
  EXPECT_FALSE(fails("peak_bytes>1 KiB", 0, 1024));
}

TEST(FailRuleTest, Mistakes) {
  EXPECT_EQ(ParseFailRule("alocations>+0").status().message(),
            "--fail-on: 'alocations>+0' begins with no metric (did you mean 'allocations'?); "
            "write 'allocations>+0', 'peak_bytes>+5%' or 'leaked_bytes>0'");
  for (const char* text : {"", "allocations", "allocations<5", "allocations>", "allocations>+",
                           "allocations>5%", "allocations>+x", "allocations>+1 KiB", ">5"}) {
    EXPECT_FALSE(ParseFailRule(text).ok()) << text;
  }
}

}  // namespace
}  // namespace allocprof::budget
