// SPDX-License-Identifier: Apache-2.0
#include "symbols/symbolizer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>

#include "fixture.h"

namespace allocprof::symbols {
namespace {

TEST(SymbolizerTest, NamesThatAreNoFilesStayUnresolved) {
  TempDir dir;
  const std::string fifo = dir.path() + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  Symbolizer symbolizer{Options{}};
  uint64_t asked = 0;
  for (const std::string& path :
       {std::string(), std::string("[anon]"), std::string("[vdso]"), std::string("linux-vdso.so.1"),
        std::string("//anon"), Fixture("chain") + " (deleted)", dir.path(), fifo,
        std::string("/nonexistent/lib.so"), SourceOf("inline_chain.cc"),
        std::string("/dev/null")}) {
    EXPECT_EQ(symbolizer.Resolve({path, ""}, 0x1000), std::vector<Frame>{Frame{}}) << path;
    EXPECT_EQ(symbolizer.FunctionStart({path, ""}, 0x1000), std::nullopt) << path;
    ++asked;
  }
  ASSERT_EQ(symbolizer.modules().size(), asked);
  for (const ModuleFiles& files : symbolizer.modules()) {
    EXPECT_FALSE(files.file) << files.module.path;
    EXPECT_TRUE(files.refused.empty()) << files.module.path;
  }
}

TEST(SymbolizerTest, RelativePathIsNotLookedUpInTheWorkingDirectory) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(std::filesystem::path(Fixture("chain")).parent_path());
  Symbolizer symbolizer{Options{}};
  const uint64_t mark = AddressOf("chain", "mark_own");
  EXPECT_EQ(symbolizer.Resolve({"chain", ""}, mark), std::vector<Frame>{Frame{}});
  std::filesystem::current_path(before);
}

TEST(SymbolizerTest, OtherBuildIdMeansUnresolved) {
  Symbolizer symbolizer{Options{}};
  const uint64_t mark = AddressOf("chain", "mark_own");
  const Module module{Fixture("chain"), "00112233445566778899aabbccddeeff00112233"};
  EXPECT_EQ(symbolizer.Resolve(module, mark), std::vector<Frame>{Frame{}});
  EXPECT_EQ(symbolizer.FunctionStart(module, mark), std::nullopt);
  EXPECT_EQ(symbolizer.MainAddress(module), std::nullopt);
  const ModuleFiles files = symbolizer.modules().front();
  EXPECT_FALSE(files.file);
  ASSERT_EQ(files.refused.size(), 1u);
  EXPECT_EQ(files.refused[0].path, Fixture("chain"));
  EXPECT_EQ(files.refused[0].build_id, BuildIdOf("chain"));
}

TEST(SymbolizerTest, SameBuildIdInAnyCaseIsAccepted) {
  std::string id = BuildIdOf("chain");
  Symbolizer symbolizer{Options{}};
  const uint64_t mark = AddressOf("chain", "mark_own");
  EXPECT_EQ(symbolizer.Resolve({Fixture("chain"), id}, mark)[0].function, "shop::Checkout(int)");
  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return std::toupper(c); });
  EXPECT_EQ(symbolizer.Resolve({Fixture("chain"), id}, mark)[0].function, "shop::Checkout(int)");
  for (const ModuleFiles& files : symbolizer.modules()) EXPECT_TRUE(files.refused.empty());
}

TEST(SymbolizerTest, FileWithoutBuildIdIsAccepted) {
  Symbolizer symbolizer{Options{}};
  const uint64_t mark = AddressOf("chain_no_id", "mark_own");
  EXPECT_EQ(symbolizer.Resolve({Fixture("chain_no_id"), "0011"}, mark)[0].function,
            "shop::Checkout(int)");
}

TEST(SymbolizerTest, SysrootIsPutBeforeThePath) {
  TempDir dir;
  dir.Put("chain", "opt/app/chain");
  Symbolizer symbolizer(Options{.debug_dirs = {}, .sysroot = dir.path()});
  const uint64_t mark = AddressOf("chain", "mark_own");
  EXPECT_EQ(symbolizer.Resolve({"/opt/app/chain", ""}, mark)[0].function, "shop::Checkout(int)");
}

TEST(SymbolizerTest, AnswersAreCachedAndStable) {
  Symbolizer symbolizer{Options{}};
  const Module module{Fixture("chain"), ""};
  const std::vector<Frame>& first = symbolizer.Resolve(module, AddressOf("chain", "mark_method"));
  const std::vector<Frame> copy = first;
  for (uint64_t address = 0; address < 5000; ++address) symbolizer.Resolve(module, address);
  symbolizer.Resolve({Fixture("c_names"), ""}, 0x1000);
  EXPECT_EQ(&symbolizer.Resolve(module, AddressOf("chain", "mark_method")), &first);
  EXPECT_EQ(first, copy);
  EXPECT_EQ(symbolizer.modules().size(), 2u);
}

TEST(SymbolizerTest, WhatIsMissingOfAModuleIsTold) {
  Symbolizer symbolizer{Options{.debug_dirs = {}, .sysroot = ""}};
  const uint64_t mark = AddressOf("chain", "mark_own");
  for (const char* fixture : {"chain", "chain_symtab"}) {
    EXPECT_EQ(symbolizer.Resolve({Fixture(fixture), ""}, mark)[0].function, "shop::Checkout(int)");
  }
  const std::vector<ModuleFiles> modules = symbolizer.modules();
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].module.path, Fixture("chain"));
  EXPECT_TRUE(modules[0].file && modules[0].debug_info);
  EXPECT_TRUE(modules[1].file && !modules[1].debug_info);
}

TEST(SymbolizerTest, AddressOutsideTheModuleIsUnresolved) {
  Symbolizer symbolizer{Options{}};
  const Module module{Fixture("chain"), ""};
  for (const uint64_t address : {uint64_t{0}, uint64_t{1} << 40, UINT64_MAX}) {
    EXPECT_EQ(symbolizer.Resolve(module, address), std::vector<Frame>{Frame{}});
  }
}

}  // namespace
}  // namespace allocprof::symbols
