// SPDX-License-Identifier: Apache-2.0
#include "base/edit_distance.h"

#include <gtest/gtest.h>

namespace allocprof {
namespace {

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("abc", ""), 3u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("report", "report"), 0u);
}

TEST(EditDistance, NeighboursThatSwapAreOneEdit) {
  EXPECT_EQ(EditDistance("rnu", "run"), 1u);
  EXPECT_EQ(EditDistance("reoprt", "report"), 1u);
}

TEST(ClosestWord, FindsWhatWasMeant) {
  const std::vector<std::string> words = {"run", "report", "dump", "--format", "--sort"};
  EXPECT_EQ(ClosestWord("rnu", words), "run");
  EXPECT_EQ(ClosestWord("reprot", words), "report");
  EXPECT_EQ(ClosestWord("--fromat", words), "--format");
}

TEST(ClosestWord, IsSilentWhenNothingIsNear) {
  const std::vector<std::string> words = {"run", "report", "dump"};
  EXPECT_EQ(ClosestWord("banana", words), "");
  EXPECT_EQ(ClosestWord("cat", words), "");
  EXPECT_EQ(ClosestWord(std::string(100000, 'r'), words), "");
  EXPECT_EQ(ClosestWord("run", {}), "");
}

}  // namespace
}  // namespace allocprof
