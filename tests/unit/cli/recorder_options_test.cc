// SPDX-License-Identifier: Apache-2.0
#include "recorder_options.h"

#include <gtest/gtest.h>

namespace allocprof::cli {
namespace {

const RecorderOption& Option(const std::string& flag) {
  for (const RecorderOption& option : RecorderOptions()) {
    if (option.flag == flag) return option;
  }
  throw std::runtime_error("no option " + flag);
}

TEST(RecorderOptions, ComeFromTheTable) {
  EXPECT_EQ(Option("--max-size").variable, "ALLOCPROF_MAX_SIZE");
  EXPECT_EQ(Option("--free-stacks").variable, "ALLOCPROF_FREE_STACKS");
  EXPECT_EQ(Option("--follow").choices, (std::vector<std::string>{"all", "none", "fork", "exec"}));
  for (const RecorderOption& option : RecorderOptions()) {
    EXPECT_NE(option.flag, "--output") << "run has -o for it";
    EXPECT_EQ(Objection(option, option.fallback), "") << option.flag;
  }
}

TEST(RecorderOptions, SizesHaveARangeAndSuffixes) {
  const RecorderOption& ring = Option("--ring");
  for (const char* good : {"16384", "16K", "16k", "16KiB", "1M", "1048576"}) {
    EXPECT_EQ(Objection(ring, good), "") << good;
  }
  for (const char* bad : {"", "16383", "1048577", "2M", "64 K", "64KB", "K", "-1", "64X", "0x40",
                          "99999999999999999999", "99999999999999999G"}) {
    EXPECT_NE(Objection(ring, bad), "") << bad;
  }
  EXPECT_EQ(Objection(ring, "5"), "'5' is not a size from 16.0 KiB to 1.0 MiB, such as 64K");
}

TEST(RecorderOptions, CountsHaveNoSuffix) {
  const RecorderOption& depth = Option("--depth");
  EXPECT_EQ(Objection(depth, "16"), "");
  EXPECT_EQ(Objection(depth, "2048"), "");
  for (const char* bad : {"15", "2049", "1K", "many", ""}) {
    EXPECT_NE(Objection(depth, bad), "") << bad;
  }
}

TEST(RecorderOptions, ChoicesSuggest) {
  const RecorderOption& follow = Option("--follow");
  EXPECT_EQ(Objection(follow, "none"), "");
  EXPECT_EQ(Objection(follow, "nnoe"),
            "'nnoe' is not all, none, fork or exec (did you mean 'none'?)");
  EXPECT_NE(Objection(follow, "ALL"), "");
  EXPECT_NE(Objection(follow, "all|none"), "");
}

}  // namespace
}  // namespace allocprof::cli
