// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "fixture.h"
#include "symbols/symbolizer.h"

namespace allocprof::symbols {
namespace {

// Every answer is allowed here but a crash, a hang or an empty list.
void AskEverything(const std::string& path) {
  Symbolizer symbolizer(Options{.debug_dirs = {}, .sysroot = ""});
  const Module module{path, ""};
  const uint64_t first = AddressOf("chain", "main") & ~uint64_t{0xfff};
  for (uint64_t address = first; address < first + 0x300; address += 5) {
    ASSERT_FALSE(symbolizer.Resolve(module, address).empty());
    symbolizer.FunctionStart(module, address);
  }
  symbolizer.MainAddress(module);
}

class DamagedFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream in(Fixture("chain"), std::ios::binary);
    content_.assign(std::istreambuf_iterator<char>(in), {});
    ASSERT_GT(content_.size(), 1000u);
  }
  void Check(const std::string& content) {
    const std::string path = dir_.path() + "/damaged";
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << content;
    AskEverything(path);
  }
  std::string content_;
  TempDir dir_;
};

TEST_F(DamagedFileTest, CutAtEveryStep) {
  for (size_t size = 0; size < content_.size(); size += size < 128 ? 1 : 97) {
    Check(content_.substr(0, size));
  }
}

TEST_F(DamagedFileTest, FlippedBytesAnywhere) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::string content = content_;
    for (int i = 0; i < 20; ++i) content[random() % content.size()] = static_cast<char>(random());
    Check(content);
  }
}

TEST_F(DamagedFileTest, FlippedBytesInHeaders) {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    std::string content = content_;
    content[16 + random() % 600] = static_cast<char>(random());
    // The section headers close the file.
    content[content.size() - 1 - random() % 2000] = static_cast<char>(random());
    Check(content);
  }
}

// What a compiler wrote between the code and the section headers is debug info for the most part.
TEST_F(DamagedFileTest, FlippedBytesInDebugInfo) {
  std::mt19937 random(3);
  const size_t begin = 0x3000;
  ASSERT_GT(content_.size(), begin + 4000);
  for (int round = 0; round < 600; ++round) {
    std::string content = content_;
    for (int i = 0; i < 5; ++i) {
      content[begin + random() % (content.size() - begin - 2600)] = static_cast<char>(random());
    }
    Check(content);
  }
}

// The linked file is whole; what it calls its split unit is not.
TEST(DamagedSplitFileTest, FlippedBytesAnywhere) {
  for (const std::string name : {"chain_dwo4", "chain_dwo5"}) {
    const TempDir dir;
    // Below a sysroot, where a file comes before the one of the build.
    const std::string module = Fixture(name);
    dir.Put(name, module.substr(1));
    const std::string unit =
        dir.Put(name + "-inline_chain.dwo", Fixture(name + "-inline_chain.dwo").substr(1));
    std::ifstream in(unit, std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const uint64_t first = AddressOf(name, "main") & ~uint64_t{0xfff};
    std::mt19937 random(4);
    for (int round = 0; round < 300; ++round) {
      std::string content = whole;
      for (int i = 0; i < 5; ++i)
        content[64 + random() % (content.size() - 64)] = static_cast<char>(random());
      std::filesystem::remove(unit);
      std::ofstream(unit, std::ios::binary) << content;
      Symbolizer symbolizer(Options{.debug_dirs = {}, .sysroot = dir.path()});
      for (uint64_t address = first; address < first + 0x300; address += 5) {
        ASSERT_FALSE(symbolizer.Resolve({module, ""}, address).empty());
        symbolizer.FunctionStart({module, ""}, address);
      }
    }
  }
}

}  // namespace
}  // namespace allocprof::symbols
