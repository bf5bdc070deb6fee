// SPDX-License-Identifier: Apache-2.0
//
// Control flow asked of damaged files: of code, unwind tables, jump tables and relocations. Every
// answer is allowed here but a crash or a hang.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "fixture.h"
#include "symbols/code_flow.h"

namespace allocprof::symbols {
namespace {

class DamagedCodeTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::ifstream in(Fixture(GetParam()), std::ios::binary);
    content_.assign(std::istreambuf_iterator<char>(in), {});
    ASSERT_GT(content_.size(), 1000u);
  }
  // Returns how many questions were answered by yes: of the whole file some are.
  int Ask(const std::string& content) {
    const std::string path = dir_.path() + "/damaged";
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << content;
    CodeFlow flow(Options{.debug_dirs = {}, .sysroot = ""});
    int yes = 0;
    for (uint64_t from = 0x1000; from < 0x1800; from += 61) {
      for (const uint64_t to : {from, from + 7, from + 40, from - 33}) {
        yes += flow.Reaches({path, ""}, {from, true}, {to, true}) == Reach::kYes;
      }
      flow.EndsInTailCall({path, ""}, {from, true}, from % 2 == 0);
    }
    return yes;
  }

  std::string content_;
  TempDir dir_;
};

INSTANTIATE_TEST_SUITE_P(Files, DamagedCodeTest, testing::Values("flow_O0", "flow_O2"),
                         [](const auto& of) { return std::string(of.param); });

TEST_P(DamagedCodeTest, TheWholeFileAnswers) { EXPECT_GT(Ask(content_), 0); }

TEST_P(DamagedCodeTest, CutAtEveryStep) {
  for (size_t size = 64; size < content_.size(); size += 397) Ask(content_.substr(0, size));
}

TEST_P(DamagedCodeTest, FlippedBytesAnywhere) {
  std::mt19937 random(5);
  for (int round = 0; round < 100; round++) {
    std::string content = content_;
    for (int i = 0; i < 40; i++)
      content[64 + random() % (content.size() - 64)] = static_cast<char>(random());
    Ask(content);
  }
}

TEST_P(DamagedCodeTest, FlippedBytesInTheCode) {
  std::mt19937 random(6);
  for (int round = 0; round < 100; round++) {
    std::string content = content_;
    for (int i = 0; i < 10; i++) content[0x1000 + random() % 0x800] = static_cast<char>(random());
    Ask(content);
  }
}

TEST_P(DamagedCodeTest, FlippedBytesInUnwindTablesAndRelocations) {
  std::mt19937 random(7);
  for (int round = 0; round < 100; round++) {
    std::string content = content_;
    for (int i = 0; i < 6; i++)
      content[64 + random() % (0x1000 - 64)] = static_cast<char>(random());
    for (int i = 0; i < 6; i++) content[0x2000 + random() % 0x1000] = static_cast<char>(random());
    Ask(content);
  }
}

}  // namespace
}  // namespace allocprof::symbols
