// SPDX-License-Identifier: Apache-2.0
#include "trace/chunk_line.h"

#include <gtest/gtest.h>

#include <string>

namespace allocprof::trace {
namespace {

const std::string kLine =
    R"({"k":"chunk","thread":3,"pos":[16384,32699],"events":2453,"t":[100,900],"data":"QUJD"})";

TEST(ChunkLineTest, TheRecordersSpellingIsRead) {
  Chunk c;
  ASSERT_TRUE(ParseChunkLine(kLine, &c));
  EXPECT_EQ(c.thread, 3u);
  EXPECT_EQ(c.first_position, 16384u);
  EXPECT_EQ(c.last_position, 32699u);
  EXPECT_EQ(c.events, 2453u);
  EXPECT_EQ(c.first_stamp, 100u);
  EXPECT_EQ(c.last_stamp, 900u);
  EXPECT_EQ(c.base64, "QUJD");
}

TEST(ChunkLineTest, ALineCutAnywhereIsNone) {
  for (size_t n = 0; n < kLine.size(); n++) {
    Chunk c;
    EXPECT_FALSE(ParseChunkLine(kLine.substr(0, n), &c)) << n;
  }
}

TEST(ChunkLineTest, AnyOtherSpellingIsLeftToTheJsonParser) {
  const std::string others[] = {
      R"({"k":"chunk","thread":-3,"pos":[0,9],"events":1,"t":[1,9],"data":"QUJD"})",
      R"({"k":"chunk","thread":99999999999,"pos":[0,9],"events":1,"t":[1,9],"data":"QUJD"})",
      R"({"k":"chunk","thread":1,"pos":[0,9],"events":1.5,"t":[1,9],"data":"QUJD"})",
      R"({"k":"chunk", "thread":1,"pos":[0,9],"events":1,"t":[1,9],"data":"QUJD"})",
      R"({"thread":1,"k":"chunk","pos":[0,9],"events":1,"t":[1,9],"data":"QUJD"})",
      R"({"k":"chunk","thread":1,"pos":[0,9],"events":1,"t":[1,9],"data":"QUJD","more":1})",
      R"({"k":"sample","t":1,"ns":2,"rss":3})",
      ""};
  for (const std::string& line : others) {
    Chunk c;
    EXPECT_FALSE(ParseChunkLine(line, &c)) << line;
  }
}

}  // namespace
}  // namespace allocprof::trace
