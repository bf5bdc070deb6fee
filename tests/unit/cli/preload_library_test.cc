// SPDX-License-Identifier: Apache-2.0
#include "preload_library.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "folder.h"

namespace allocprof::cli {
namespace {

TEST(PreloadWith, KeepsWhatIsPreloadedAlready) {
  EXPECT_EQ(PreloadWith("/a/libtrace.so", ""), "/a/libtrace.so");
  EXPECT_EQ(PreloadWith("/a/libtrace.so", "/b.so:/c.so"), "/a/libtrace.so:/b.so:/c.so");
}

TEST(PreloadWith, NamesTheLibraryOnce) {
  EXPECT_EQ(PreloadWith("/a/libtrace.so", "/a/libtrace.so"), "/a/libtrace.so");
  EXPECT_EQ(PreloadWith("/a/libtrace.so", "/a/libtrace.so:/b.so"), "/a/libtrace.so:/b.so");
}

class FindPreloadLibraryTest : public testing::Test {
 protected:
  ~FindPreloadLibraryTest() override { unsetenv("ALLOCPROF_LIB"); }

  Folder folder_;
};

TEST_F(FindPreloadLibraryTest, TakesTheChosenOne) {
  const std::string path = folder_.Write("mine.so", "");
  setenv("ALLOCPROF_LIB", path.c_str(), 1);
  ASSERT_TRUE(FindPreloadLibrary().ok());
  EXPECT_EQ(FindPreloadLibrary().value(), path);
}

TEST_F(FindPreloadLibraryTest, NamesAChosenOneThatIsNotThere) {
  setenv("ALLOCPROF_LIB", folder_.Path("gone.so").c_str(), 1);
  ASSERT_FALSE(FindPreloadLibrary().ok());
  EXPECT_NE(FindPreloadLibrary().status().message().find("gone.so"), std::string::npos);
  EXPECT_NE(FindPreloadLibrary().status().message().find("ALLOCPROF_LIB"), std::string::npos);
}

TEST_F(FindPreloadLibraryTest, RefusesAPathThatLdPreloadWouldCut) {
  for (const char* name : {"a b.so", "a:b.so"}) {
    setenv("ALLOCPROF_LIB", folder_.Write(name, "").c_str(), 1);
    ASSERT_FALSE(FindPreloadLibrary().ok());
    EXPECT_NE(FindPreloadLibrary().status().message().find("LD_PRELOAD"), std::string::npos);
  }
}

}  // namespace
}  // namespace allocprof::cli
