// SPDX-License-Identifier: Apache-2.0
#include "base/edit_distance.h"

#include <gtest/gtest.h>

namespace allocprof {
namespace {

TEST(EditDistanceTest, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("report", "report"), 0u);
  EXPECT_EQ(EditDistance("report", "reort"), 1u);
  EXPECT_EQ(EditDistance("report", "repport"), 1u);
  EXPECT_EQ(EditDistance("report", "resort"), 1u);
  EXPECT_EQ(EditDistance("report", "reprot"), 1u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(EditDistanceTest, IsTheSameBothWays) {
  EXPECT_EQ(EditDistance("dump", "damp"), EditDistance("damp", "dump"));
  EXPECT_EQ(EditDistance("ab", "ba"), EditDistance("ba", "ab"));
}

TEST(ClosestWordTest, NamesWhatWasMeant) {
  EXPECT_EQ(ClosestWord("reprot", {"run", "report", "dump"}), "report");
  EXPECT_EQ(ClosestWord("rnu", {"run", "report", "dump"}), "run");
}

TEST(ClosestWordTest, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(ClosestWord("xyzzy", {"run", "report", "dump"}), "");
  EXPECT_EQ(ClosestWord("report", {}), "");
  EXPECT_EQ(ClosestWord("ab", {"cd"}), "");
}

TEST(ClosestWordTest, OfEqualsTheFirstIsMeant) {
  EXPECT_EQ(ClosestWord("bat", {"cat", "hat"}), "cat");
}

TEST(ClosestWordTest, AVeryLongWordIsNearNothing) {
  EXPECT_EQ(ClosestWord(std::string(100000, 'x'), {"run"}), "");
}

}  // namespace
}  // namespace allocprof
