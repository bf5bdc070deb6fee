// SPDX-License-Identifier: Apache-2.0
#include "symbols/source_path.h"

#include <gtest/gtest.h>

namespace allocprof::symbols {
namespace {

TEST(SourcePathTest, NormalizeResolvesDots) {
  EXPECT_EQ(NormalizePath("/a/./b//c.cc"), "/a/b/c.cc");
  EXPECT_EQ(NormalizePath("/a/b/../c.cc"), "/a/c.cc");
  EXPECT_EQ(NormalizePath("/../a.cc"), "/a.cc");
  EXPECT_EQ(NormalizePath("../../a/../b.cc"), "../../b.cc");
  EXPECT_EQ(NormalizePath("./a.cc"), "a.cc");
  EXPECT_EQ(NormalizePath("..a/b..c"), "..a/b..c");
  EXPECT_EQ(NormalizePath("/"), "/");
  EXPECT_EQ(NormalizePath(""), "");
}

TEST(SourcePathTest, AbsolutePathIgnoresCompDir) {
  EXPECT_EQ(SourcePath("/build", "/usr/include/x.h"), "/usr/include/x.h");
}

TEST(SourcePathTest, RelativePathIsSeenFromCompDir) {
  EXPECT_EQ(SourcePath("/build/sub", "../src/x.cc"), "/build/src/x.cc");
  EXPECT_EQ(SourcePath("./csu", "../sysdeps/x.h"), "sysdeps/x.h");
  EXPECT_EQ(SourcePath("", "x.cc"), "x.cc");
}

TEST(SourcePathTest, PathJoinedAlreadyIsNotJoinedTwice) {
  EXPECT_EQ(SourcePath("./malloc", "./malloc/malloc.c"), "malloc/malloc.c");
}

TEST(SourcePathTest, MissingNameIsEmpty) {
  EXPECT_EQ(SourcePath("/build", "???"), "");
  EXPECT_EQ(SourcePath("/build", ""), "");
}

}  // namespace
}  // namespace allocprof::symbols
