// SPDX-License-Identifier: Apache-2.0
#include "run_arguments.h"

#include <gtest/gtest.h>

namespace allocprof::cli {
namespace {

using Words = std::vector<std::string>;

const Words kValued = {"-o", "--output", "--ring"};

void Check(const Words& words, const Words& own, const Words& command) {
  const RunArguments split = SplitRunArguments(words, kValued);
  EXPECT_EQ(split.own, own);
  EXPECT_EQ(split.command, command);
}

TEST(SplitRunArguments, TheCommandBeginsAfterTwoDashes) {
  Check({"--", "./app", "--ring", "1"}, {}, {"./app", "--ring", "1"});
  Check({"-o", "x", "--", "app"}, {"-o", "x"}, {"app"});
}

TEST(SplitRunArguments, TheCommandBeginsAtTheFirstWordThatIsNoOption) {
  Check({"app", "-o", "its"}, {}, {"app", "-o", "its"});
  Check({"--ring", "64K", "app", "--help"}, {"--ring", "64K"}, {"app", "--help"});
  Check({"--ring=64K", "app"}, {"--ring=64K"}, {"app"});
  Check({"-ofile", "app"}, {"-ofile"}, {"app"});
}

TEST(SplitRunArguments, OnlyTheFirstTwoDashesAreOurs) {
  Check({"--", "env", "--", "app"}, {}, {"env", "--", "app"});
  Check({"env", "--", "app"}, {}, {"env", "--", "app"});
}

TEST(SplitRunArguments, AValueMayBeMissing) {
  Check({"-o"}, {"-o"}, {});
  Check({"-o", "--", "app"}, {"-o"}, {"app"});
}

TEST(SplitRunArguments, AValueMayLookLikeAnOption) {
  Check({"-o", "-", "app"}, {"-o", "-"}, {"app"});
}

TEST(SplitRunArguments, HandlesNothing) {
  Check({}, {}, {});
  Check({"--"}, {}, {});
  Check({"--help"}, {"--help"}, {});
  Check({"-"}, {}, {"-"});
  Check({""}, {}, {""});
}

}  // namespace
}  // namespace allocprof::cli
