// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions.h"

#include <gtest/gtest.h>

#include "frames_by_hand.h"
#include "support/temp_dir.h"

namespace allocprof::analysis {
namespace {

TEST(SuppressionTemplateTest, IsFoundAnywhereUnlessAnchored) {
  EXPECT_TRUE(MatchesTemplate("parse", "json::parse_value"));
  EXPECT_FALSE(MatchesTemplate("^parse", "json::parse_value"));
  EXPECT_TRUE(MatchesTemplate("^json", "json::parse_value"));
  EXPECT_TRUE(MatchesTemplate("value$", "json::parse_value"));
  EXPECT_FALSE(MatchesTemplate("parse$", "json::parse_value"));
  EXPECT_TRUE(MatchesTemplate("^parse$", "parse"));
  EXPECT_FALSE(MatchesTemplate("^parse$", "parse_value"));
  EXPECT_FALSE(MatchesTemplate("^parse$", "reparse"));
}

TEST(SuppressionTemplateTest, AStarIsAnything) {
  EXPECT_TRUE(MatchesTemplate("js*val", "json::parse_value"));
  EXPECT_FALSE(MatchesTemplate("val*js", "json::parse_value"));
  EXPECT_TRUE(MatchesTemplate("*", "x"));
  EXPECT_TRUE(MatchesTemplate("^json*value$", "json::parse_value"));
  EXPECT_TRUE(MatchesTemplate("a*a$", "aa"));
  EXPECT_FALSE(MatchesTemplate("a*a$", "a"));
  EXPECT_TRUE(MatchesTemplate("*/lib*.so*", "/usr/lib/libz.so.1"));
}

TEST(SuppressionTemplateTest, NothingMatchesAnEmptyText) {
  EXPECT_FALSE(MatchesTemplate("*", ""));
  EXPECT_FALSE(MatchesTemplate("", ""));
}

TEST(SuppressionFileTest, RowsCommentsAndEmptyLines) {
  const auto rows =
      ParseSuppressions("# known\n\n  leak:^start_  \r\nleak: *libfoo.so\n#leak:x", "s");
  ASSERT_TRUE(rows.ok()) << rows.status().message();
  ASSERT_EQ(rows.value().size(), 2u);
  EXPECT_EQ(rows.value()[0].pattern, "^start_");
  EXPECT_EQ(rows.value()[0].line, 3);
  EXPECT_EQ(rows.value()[1].pattern, "*libfoo.so");
  EXPECT_EQ(rows.value()[1].line, 4);
}

TEST(SuppressionFileTest, ABadLineNamesFileAndLine) {
  const auto message = [](const char* text) {
    const auto rows = ParseSuppressions(text, "my.supp");
    EXPECT_FALSE(rows.ok()) << text;
    EXPECT_EQ(rows.status().code(), ErrorCode::kUsage);
    return rows.status().message();
  };
  EXPECT_EQ(message("leak:a\nfoo\n"), "my.supp:2: 'foo' is no suppression; write leak:PATTERN");
  EXPECT_EQ(message("race:foo"), "my.supp:1: 'race' suppresses no leaks; write leak:PATTERN");
  EXPECT_EQ(message("\n\nleak:  "), "my.supp:3: the pattern is missing; write leak:PATTERN");
}

TEST(SuppressionFileTest, AFileThatCannotBeReadIsAnError) {
  const auto missing = ReadSuppressions({"/nonexistent/x.supp"});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.status().code(), ErrorCode::kNotFound);
  const auto folder = ReadSuppressions({"/"});
  ASSERT_FALSE(folder.ok());
  EXPECT_NE(folder.status().message().find("/: cannot be read"), std::string::npos);
}

TEST(SuppressionsTest, SuppressedLeaksHaveTheirOwnAccount) {
  FramesByHand f;
  f.Malloc({"demo:main", "demo:known", "libc.so.6:malloc"}, 100);
  f.Malloc({"demo:main", "demo:known", "libc.so.6:malloc"}, 20);
  f.Malloc({"demo:main", "demo:unknown", "libc.so.6:malloc"}, 3);
  const test::TempDir dir;
  const std::string path = dir.Write("a.supp", "leak:^know\nleak:never\n");
  const report::Report r = f.Report({.top = 0, .suppressions = {path}});
  EXPECT_EQ(ScalarText(r, "totals", "suppressed_bytes"), "120");
  EXPECT_EQ(ScalarText(r, "totals", "suppressed_blocks"), "2");
  EXPECT_EQ(ScalarText(r, "totals", "leaked_bytes"), "3");
  EXPECT_EQ(CellText(r, "suppressions", "^know", "bytes"), "120");
  EXPECT_EQ(CellText(r, "suppressions", "^know", "blocks"), "2");
  EXPECT_EQ(CellText(r, "suppressions", "never", "blocks"), "0");
  EXPECT_EQ(CellText(r, "functions", "known", "self.leaked_bytes"), "0");
  ASSERT_FALSE(r.notes.empty());
  EXPECT_NE(r.notes[0].find("a.supp:2: the suppression 'never' matches no leak."),
            std::string::npos);
}

TEST(SuppressionsTest, TheFirstThatMatchesHasTheLeakEvenARuntimes) {
  FramesByHand f;
  f.Malloc({"demo:main", "libstdc++.so.6:pool", "libc.so.6:malloc"}, 72704);
  const test::TempDir dir;
  const std::string path = dir.Write("a.supp", "leak:libstdc++\nleak:main\n");
  const report::Report r = f.Report({.top = 0, .suppressions = {path}});
  EXPECT_EQ(ScalarText(r, "totals", "suppressed_bytes"), "72704");
  EXPECT_EQ(ScalarText(r, "totals", "runtime_bytes"), "0");
  EXPECT_EQ(CellText(r, "suppressions", "libstdc++", "blocks"), "1");
  EXPECT_EQ(CellText(r, "suppressions", "main", "blocks"), "0");
}

}  // namespace
}  // namespace allocprof::analysis
