// SPDX-License-Identifier: Apache-2.0
#include "symbols/file_finder.h"

#include <gtest/gtest.h>

#include <fstream>

#include "fixture.h"
#include "symbols/symbolizer.h"

namespace allocprof::symbols {
namespace {

// A stripped module in a directory of its own; debug files are put where each test says.
class DebugFileTest : public ::testing::Test {
 protected:
  std::vector<Frame> Frames(const std::string& module_path) {
    Symbolizer symbolizer(options_);
    return symbolizer.Resolve({module_path, ""}, AddressOf("chain", "mark_method"));
  }
  void ExpectResolved(const std::string& module_path) {
    const auto frames = Frames(module_path);
    ASSERT_EQ(frames.size(), 3u);
    EXPECT_EQ(frames[0].line, LineOf("inline_chain.cc", "method"));
    EXPECT_EQ(frames[2].function, "shop::Checkout(int)");
  }
  void ExpectUnresolved(const std::string& module_path) {
    EXPECT_EQ(Frames(module_path), std::vector<Frame>{Frame{}});
  }
  std::string BuildIdFile() {
    const std::string id = BuildIdOf("chain");
    return ".build-id/" + id.substr(0, 2) + "/" + id.substr(2) + ".debug";
  }

  TempDir dir_;
  Options options_{.debug_dirs = {dir_.path() + "/debug"}, .sysroot = ""};
};

TEST_F(DebugFileTest, WithoutDebugFileNothingIsKnown) {
  ExpectUnresolved(dir_.Put("chain.linked", "bin/chain"));
}

TEST_F(DebugFileTest, LinkBesideTheModule) {
  dir_.Put("chain.debug", "bin/chain.debug");
  ExpectResolved(dir_.Put("chain.linked", "bin/chain"));
}

TEST_F(DebugFileTest, LinkInDotDebug) {
  dir_.Put("chain.debug", "bin/.debug/chain.debug");
  ExpectResolved(dir_.Put("chain.linked", "bin/chain"));
}

TEST_F(DebugFileTest, LinkUnderDebugDir) {
  dir_.Put("chain.debug", "debug" + dir_.path() + "/bin/chain.debug");
  ExpectResolved(dir_.Put("chain.linked", "bin/chain"));
}

TEST_F(DebugFileTest, BuildIdUnderDebugDirNeedsNoLink) {
  dir_.Put("chain.debug", "debug/" + BuildIdFile());
  ExpectResolved(dir_.Put("chain_bare", "bin/chain"));
}

TEST_F(DebugFileTest, EveryDebugDirIsAsked) {
  options_.debug_dirs = {dir_.path() + "/none", dir_.path() + "/debug"};
  dir_.Put("chain.debug", "debug/" + BuildIdFile());
  ExpectResolved(dir_.Put("chain_bare", "bin/chain"));
}

TEST_F(DebugFileTest, DebugDirUnderSysroot) {
  options_ = {.debug_dirs = {"/usr/lib/debug"}, .sysroot = dir_.path()};
  dir_.Put("chain.debug", "usr/lib/debug/" + BuildIdFile());
  dir_.Put("chain_bare", "bin/chain");
  ExpectResolved("/bin/chain");
}

TEST_F(DebugFileTest, LinkWithOtherBuildIdIsRefused) {
  dir_.Put("chain_fixed", "bin/chain.debug");
  ExpectUnresolved(dir_.Put("chain.linked", "bin/chain"));
}

TEST_F(DebugFileTest, BuildIdNameWithOtherContentIsRefused) {
  dir_.Put("chain_fixed", "debug/" + BuildIdFile());
  ExpectUnresolved(dir_.Put("chain_bare", "bin/chain"));
}

TEST_F(DebugFileTest, WithoutBuildIdTheCrcDecides) {
  const std::string debug = dir_.Put("chain_no_id.debug", "bin/chain_no_id.debug");
  const std::string module = dir_.Put("chain_no_id.linked", "bin/chain");
  ExpectResolved(module);
  std::ofstream(debug, std::ios::app) << "x";
  ExpectUnresolved(module);
}

TEST_F(DebugFileTest, DebuginfodIsNotAsked) {
  // Nothing listens there; asking would at least write into the cache directory.
  const std::string cache = dir_.path() + "/cache";
  setenv("DEBUGINFOD_URLS", "http://127.0.0.1:1/", 1);
  setenv("DEBUGINFOD_CACHE_PATH", cache.c_str(), 1);
  ExpectUnresolved(dir_.Put("chain.linked", "bin/chain"));
  EXPECT_FALSE(std::filesystem::exists(cache));
  unsetenv("DEBUGINFOD_URLS");
  unsetenv("DEBUGINFOD_CACHE_PATH");
}

class AltFileTest : public DebugFileTest {
 protected:
  std::vector<Frame> AltFrames() {
    Symbolizer symbolizer(options_);
    return symbolizer.Resolve({dir_.Put("alt_user", "bin/alt_user"), ""},
                              AddressOf("alt_user", "mark_alt"));
  }
  void ExpectName(const std::string& name) {
    const auto frames = AltFrames();
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_EQ(frames[0].function, name);
    EXPECT_TRUE(frames[0].inlined);
    EXPECT_EQ(frames[1].function, "alt_outer");
    EXPECT_EQ(frames[1].line, 77);
  }
};

TEST_F(AltFileTest, NameComesFromFileBeside) {
  dir_.Put("alt_names.debug", "bin/alt_names.debug");
  ExpectName("pool::refill(int)");
}

TEST_F(AltFileTest, NameComesFromBuildIdDir) {
  dir_.Put("alt_names.debug", "debug/.build-id/01/23456789abcdef00112233445566778899aabb.debug");
  ExpectName("pool::refill(int)");
}

TEST_F(AltFileTest, MissingFileLeavesTheNameEmpty) { ExpectName(""); }

TEST_F(AltFileTest, FileWithOtherBuildIdIsRefused) {
  dir_.Put("alt_wrong.debug", "bin/alt_names.debug");
  ExpectName("");
}

}  // namespace
}  // namespace allocprof::symbols
