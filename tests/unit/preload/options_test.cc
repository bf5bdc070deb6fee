// SPDX-License-Identifier: Apache-2.0
//
// From the environment to the recorder's options.
#include "options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace allocprof {

// The recorder's voice: what it would say on stderr.
std::vector<std::string> said;  // NOLINT: read below, in the anonymous namespace too
void Say(const char* what, const char* about, const char* remedy) {
  said.push_back(std::string(what) + "|" + about + "|" + remedy);
}

namespace {

class OptionsTest : public testing::Test {
 protected:
  void SetUp() override { Clear(); }
  void TearDown() override { Clear(); }

  // Reads the options with one variable set.
  void Read(const char* name, const std::string& value) {
    setenv(name, value.c_str(), 1);
    said.clear();
    ReadOptions();
    unsetenv(name);
  }
  static void Clear() {
    for (const char* name : {"ALLOCPROF_RING", "ALLOCPROF_DEPTH", "ALLOCPROF_MAX_SIZE",
                             "ALLOCPROF_FOLLOW", "ALLOCPROF_OUTPUT", "ALLOCPROF_UNWIND"}) {
      unsetenv(name);
    }
    said.clear();
  }
};

TEST_F(OptionsTest, DefaultsStandWhenNothingIsSet) {
  ReadOptions();
  EXPECT_STREQ(options.OUTPUT, "trace.json");
  EXPECT_STREQ(options.FOLLOW, "all");
  EXPECT_EQ(options.DEPTH, 1024u);
  EXPECT_EQ(options.RING, 65536u);
  EXPECT_EQ(options.MAX_SIZE, 0u);
  EXPECT_STREQ(options.UNWIND, "native");
  EXPECT_TRUE(said.empty());
}

TEST_F(OptionsTest, SizesTakeSuffixes) {
  const std::pair<const char*, uint64_t> kSizes[] = {
      {"16384", 16384}, {"16K", 16384},  {"16k", 16384},    {"16KiB", 16384},
      {"1M", 1048576},  {"1m", 1048576}, {"1MiB", 1048576}, {"017000", 17000}};
  for (const auto& [text, bytes] : kSizes) {
    Read("ALLOCPROF_RING", text);
    EXPECT_EQ(options.RING, bytes) << text;
    EXPECT_TRUE(said.empty()) << text;
  }
  Read("ALLOCPROF_MAX_SIZE", "3G");
  EXPECT_EQ(options.MAX_SIZE, 3ull << 30);
}

TEST_F(OptionsTest, ABadSizeIsSaidAndTheDefaultStands) {
  for (const char* text : {"",
                           "x",
                           "K",
                           "-1",
                           "+16K",
                           " 16K",
                           "16 K",
                           "16KB",
                           "16Ki",
                           "16KiBB",
                           "1.5M",
                           "0x4000",
                           "16T",
                           "99999999999999999999",
                           "18446744073709551616",
                           "17179869184G",
                           "16383",
                           "1048577",
                           "2M",
                           "0"}) {
    Read("ALLOCPROF_RING", text);
    EXPECT_EQ(options.RING, 65536u) << text;
    ASSERT_EQ(said.size(), 1u) << text;
    EXPECT_EQ(
        said[0].rfind(
            "bad value of ALLOCPROF_RING|" + std::string(text) + "|the default 64K is used; ", 0),
        0u)
        << said[0];
  }
}

TEST_F(OptionsTest, CountsTakeNoSuffix) {
  Read("ALLOCPROF_DEPTH", "64");
  EXPECT_EQ(options.DEPTH, 64u);
  for (const char* text : {"1K", "15", "2049", "6 4", "64.0"}) {
    Read("ALLOCPROF_DEPTH", text);
    EXPECT_EQ(options.DEPTH, 1024u) << text;
    EXPECT_EQ(said.size(), 1u) << text;
  }
}

TEST_F(OptionsTest, TheEndsOfARangeAreInIt) {
  for (const char* text : {"16", "2048"}) {
    Read("ALLOCPROF_DEPTH", text);
    EXPECT_EQ(options.DEPTH, std::stoull(text));
  }
}

TEST_F(OptionsTest, AChoiceIsOneOfItsWords) {
  for (const char* text : {"all", "none", "fork", "exec"}) {
    setenv("ALLOCPROF_FOLLOW", text, 1);
    ReadOptions();
    EXPECT_STREQ(options.FOLLOW, text);
    EXPECT_TRUE(said.empty()) << text;
  }
}

TEST_F(OptionsTest, AWordThatIsNoChoiceIsSaid) {
  for (const char* text :
       {"", "ALL", "al", "all|none", "forks", "which child processes record too", "all "}) {
    Read("ALLOCPROF_FOLLOW", text);
    EXPECT_STREQ(options.FOLLOW, "all") << text;
    EXPECT_EQ(said.size(), 1u) << text;
  }
}

TEST_F(OptionsTest, ATextIsTakenAsItIs) {
  setenv("ALLOCPROF_OUTPUT", "/tmp/a b|c:%p.json", 1);
  ReadOptions();
  EXPECT_STREQ(options.OUTPUT, "/tmp/a b|c:%p.json");
}

TEST_F(OptionsTest, ATextThatIsEmptyOrTooLongIsSaid) {
  for (const std::string& text : {std::string(), std::string(4001, 'x')}) {
    Read("ALLOCPROF_OUTPUT", text);
    EXPECT_STREQ(options.OUTPUT, "trace.json");
    EXPECT_EQ(said.size(), 1u);
  }
}

TEST_F(OptionsTest, AVariableWithALongerNameIsAnother) {
  setenv("ALLOCPROF_RINGS", "16K", 1);
  ReadOptions();
  unsetenv("ALLOCPROF_RINGS");
  EXPECT_EQ(options.RING, 65536u);
  EXPECT_EQ(Environment("ALLOCPROF_NOT_SET"), nullptr);
}

}  // namespace
}  // namespace allocprof
