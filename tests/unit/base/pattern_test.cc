// SPDX-License-Identifier: Apache-2.0
#include "base/pattern.h"

#include <gtest/gtest.h>

namespace allocprof {
namespace {

TEST(RegexTest, IsFoundAnywhereUnlessAnchored) {
  const Result<Regex> parse = Regex::Compile("parse_");
  ASSERT_TRUE(parse.ok());
  EXPECT_TRUE(parse.value().Finds("json::parse_value"));
  EXPECT_FALSE(parse.value().Finds("json::print"));
  const Result<Regex> anchored = Regex::Compile("^parse_");
  ASSERT_TRUE(anchored.ok());
  EXPECT_FALSE(anchored.value().Finds("json::parse_value"));
}

TEST(RegexTest, AFaultyExpressionNamesThePlace) {
  const Result<Regex> faulty = Regex::Compile("parse(");
  ASSERT_FALSE(faulty.ok());
  EXPECT_EQ(faulty.status().code(), ErrorCode::kUsage);
  EXPECT_EQ(faulty.status().message(), "missing closing parenthesis at character 7");
}

TEST(RegexTest, TakesNamesOfAnyLengthAndBytes) {
  const Result<Regex> regex = Regex::Compile("(a+)+b$");
  ASSERT_TRUE(regex.ok());
  EXPECT_FALSE(regex.value().Finds(std::string(100'000, 'a')));
  EXPECT_FALSE(regex.value().Finds(std::string_view("\xff\0\xfe", 3)));
  EXPECT_FALSE(regex.value().Finds(""));
}

TEST(GlobTest, MatchesAPathOrWhatFollowsASlash) {
  EXPECT_TRUE(MatchesGlob("parse.cc", "/home/me/src/parse.cc"));
  EXPECT_TRUE(MatchesGlob("src/*.cc", "/home/me/src/json/parse.cc"));
  EXPECT_TRUE(MatchesGlob("/home/*", "/home/me/src/parse.cc"));
  EXPECT_FALSE(MatchesGlob("arse.cc", "/home/me/src/parse.cc"));
  EXPECT_FALSE(MatchesGlob("src", "/home/me/src/parse.cc"));
  EXPECT_TRUE(MatchesGlob("libssl.so.[0-9]", "libssl.so.3"));
}

}  // namespace
}  // namespace allocprof
