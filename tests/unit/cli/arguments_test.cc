// SPDX-License-Identifier: Apache-2.0
#include "arguments.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace allocprof::cli {
namespace {

class ParseTest : public testing::Test {
 protected:
  ParseTest() {
    app_.add_option("TRACE", trace_)->required();
    app_.add_option("--format", format_)->check(OneOf({"text", "json"}));
    app_.add_option("--top", top_)->check(WholeNumber());
  }

  // The exit code, or -1 if the command is to go on.
  int Parsed(std::vector<std::string> words) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = Parse(command_, &app_, std::move(words)).value_or(-1);
    out_ = testing::internal::GetCapturedStdout();
    error_ = testing::internal::GetCapturedStderr();
    return code;
  }

  void ExpectUsageError(const std::vector<std::string>& words, const std::string& part) {
    EXPECT_EQ(Parsed(words), kExitUsage);
    EXPECT_EQ(out_, "");
    EXPECT_EQ(error_.rfind("allocprof: error: show: ", 0), 0u) << error_;
    EXPECT_EQ(std::count(error_.begin(), error_.end(), '\n'), 1) << error_;
    EXPECT_NE(error_.find(part), std::string::npos) << error_;
  }

  Command command_{"show", "Show it.", {{"allocprof show t.json", "everything"}}, nullptr};
  CLI::App app_;
  std::string trace_, format_ = "text";
  std::optional<uint64_t> top_;
  std::string out_, error_;
};

TEST_F(ParseTest, BindsValues) {
  EXPECT_EQ(Parsed({"--format", "json", "t.json", "--top=3"}), -1);
  EXPECT_EQ(trace_, "t.json");
  EXPECT_EQ(format_, "json");
  EXPECT_EQ(top_, 3u);
  EXPECT_EQ(error_, "");
}

TEST_F(ParseTest, ADashIsAPath) {
  EXPECT_EQ(Parsed({"-"}), -1);
  EXPECT_EQ(trace_, "-");
}

TEST_F(ParseTest, HelpShowsExamplesFirst) {
  EXPECT_EQ(Parsed({"--help"}), kExitOk);
  EXPECT_EQ(error_, "");
  EXPECT_LT(out_.find("allocprof show t.json"), out_.find("Usage: allocprof show"));
  EXPECT_NE(out_.find("--format"), std::string::npos);
}

TEST_F(ParseTest, SuggestsAnOption) {
  ExpectUsageError({"--fromat", "json", "t.json"}, "'--fromat' (did you mean '--format'?)");
  ExpectUsageError({"t.json", "--fromat=json"}, "'--fromat' (did you mean '--format'?)");
  ExpectUsageError({"--banana", "t.json"}, "unknown option '--banana'; see");
}

TEST_F(ParseTest, SuggestsAWord) {
  ExpectUsageError({"--format", "jsno", "t.json"},
                   "'jsno' is not text or json (did you mean 'json'?)");
}

TEST_F(ParseTest, SaysWhatIsMissingOrTooMuch) {
  ExpectUsageError({}, "TRACE");
  ExpectUsageError({"a.json", "b.json"}, "'b.json'");
  ExpectUsageError({"a.json", "--top", "many"}, "--top");
  ExpectUsageError({"a.json", "--top", "-1"}, "'-1' is not a whole number");
}

TEST_F(ParseTest, AMessageIsOneHarmlessLine) {
  ExpectUsageError({"--a\nb\x1b[2J", "t.json"}, "--a\\nb\\x1b[2J");
}

TEST(Listed, ReadsAsASentence) {
  EXPECT_EQ(Listed({}), "");
  EXPECT_EQ(Listed({"a"}), "a");
  EXPECT_EQ(Listed({"a", "b", "c"}), "a, b or c");
}

}  // namespace
}  // namespace allocprof::cli
