// SPDX-License-Identifier: Apache-2.0
#include "symbols/source_text.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "fixture.h"

namespace allocprof::symbols {
namespace {

class SourceTextTest : public ::testing::Test {
 protected:
  std::string Put(const std::string& name, const std::string& content) {
    const std::string path = dir_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  static std::string Joined(const std::vector<SourceLine>& lines) {
    std::string text;
    for (const SourceLine& l : lines) text += std::to_string(l.number) + ":" + l.text + "|";
    return text;
  }
  TempDir dir_;
  SourceText source_{""};
};

TEST_F(SourceTextTest, TheLineAndThoseAroundIt) {
  const std::string path = Put("a.c", "one\ntwo\r\nthree\n\nfive");
  EXPECT_EQ(Joined(source_.Around(path, 2, 0)), "2:two|");
  EXPECT_EQ(Joined(source_.Around(path, 1, 1)), "1:one|2:two|");
  EXPECT_EQ(Joined(source_.Around(path, 4, 9)), "1:one|2:two|3:three|4:|5:five|");
  EXPECT_EQ(Joined(source_.Around(path, 5, -3)), "5:five|");
}

TEST_F(SourceTextTest, LinesThatAreNot) {
  const std::string path = Put("a.c", "one\n");
  for (const int line : {0, -1, 2, INT32_MAX, INT32_MIN}) {
    EXPECT_TRUE(source_.Around(path, line, 3).empty()) << line;
  }
  EXPECT_TRUE(source_.Around(Put("empty.c", ""), 1, 3).empty());
}

TEST_F(SourceTextTest, FilesThatAreNoSource) {
  const std::string fifo = dir_.path() + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  for (const std::string& path :
       {std::string(), std::string("a.c"), dir_.path() + "/none.c", dir_.path(), fifo,
        std::string("/dev/zero"), std::string("/dev/stdin"),
        Put("binary", std::string("a\0b\n", 4)), dir_.path() + "/../" + dir_.path() + "/a.c",
        std::string("/proc/self/status")}) {
    EXPECT_TRUE(source_.Around(path, 1, 1).empty()) << path;
  }
}

TEST_F(SourceTextTest, TheSysrootIsPutBeforeAndNotLeft) {
  Put("a.c", "here\n");
  SourceText below(dir_.path());
  EXPECT_EQ(Joined(below.Around("/a.c", 1, 0)), "1:here|");
  EXPECT_TRUE(below.Around("/../../../../../etc/passwd", 1, 0).empty());
}

TEST_F(SourceTextTest, LongLinesAreCutAndLargeFilesLeft) {
  const std::string path = Put("long.c", std::string(5000, 'x') + "\n");
  EXPECT_EQ(source_.Around(path, 1, 0)[0].text, std::string(400, 'x'));
  EXPECT_TRUE(source_.Around(Put("large.c", std::string((16 << 20) + 1, '\n')), 1, 0).empty());
}

}  // namespace
}  // namespace allocprof::symbols
