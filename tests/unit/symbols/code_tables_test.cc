// SPDX-License-Identifier: Apache-2.0
//
// Jump tables and exception tables of which every entry is known: fixtures/code_tables.s.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fixture.h"
#include "symbols/jump_tables.h"
#include "symbols/landing_pads.h"

namespace allocprof::symbols {
namespace {

// Position independent, where relocations fill the pointers, and not.
class CodeTablesTest : public testing::TestWithParam<const char*> {
 protected:
  CodeTablesTest() : name_(GetParam()), file_(ElfFile::Open(Fixture(name_))), imports_(*file_) {}

  uint64_t At(const std::string& symbol) const { return AddressOf(name_, symbol); }
  bool Inside(uint64_t address) const {
    return address >= At("_start") && address < At("_start_end");
  }
  // The targets of a jump that comes `distance` instructions behind those that name the tables.
  std::vector<uint64_t> Targets(const std::vector<std::string>& tables, uint32_t distance = 2,
                                bool anywhere = false, Flow how = Flow::kAddress) {
    std::vector<Instruction> code;
    for (const std::string& table : tables) {
      code.push_back({.address = At("_start"), .target = At(table), .ordinal = 1, .flow = how});
    }
    code.push_back(
        {.address = At("_start") + 8, .ordinal = 1 + distance, .flow = Flow::kIndirectJump});
    return JumpTargets(*file_, imports_, code, code.size() - 1, anywhere,
                       [this](uint64_t address) { return Inside(address); });
  }
  std::vector<LandingPad> Pads(const std::string& table) {
    return ReadLandingPads(*file_, {At("_start"), At("_start_end"), At(table)});
  }

  const std::string name_;
  std::unique_ptr<ElfFile> file_;
  Imports imports_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, CodeTablesTest, testing::Values("code_tables", "code_tables_fixed"),
                         [](const auto& of) { return std::string(of.param); });

using Addresses = std::vector<uint64_t>;

TEST_P(CodeTablesTest, OffsetsAreRelativeToTheirTable) {
  EXPECT_EQ(Targets({"offsets"}), (Addresses{At("case0"), At("case1"), At("case2")}))
      << "up to the entry that leads out of the function";
}

TEST_P(CodeTablesTest, PointersAreAddresses) {
  EXPECT_EQ(Targets({"pointers"}), (Addresses{At("case2"), At("case1"), At("case0")}));
}

TEST_P(CodeTablesTest, ATableEndsWhereTheNextBegins) {
  EXPECT_EQ(Targets({"offsets_three", "offsets_two"}), (Addresses{At("case2"), At("case0")}));
}

TEST_P(CodeTablesTest, TheTableNamedLastIsTheJumps) {
  EXPECT_EQ(Targets({"offsets", "pointers"}), (Addresses{At("case2"), At("case1"), At("case0")}));
}

TEST_P(CodeTablesTest, AJumpThroughMemoryNamesItsTable) {
  const std::vector<Instruction> code = {
      {.address = At("_start"), .target = At("pointers"), .flow = Flow::kTableJump}};
  EXPECT_EQ(JumpTargets(*file_, imports_, code, 0, false,
                        [this](uint64_t address) { return Inside(address); }),
            (Addresses{At("case2"), At("case1"), At("case0")}));
}

TEST_P(CodeTablesTest, ATableFarAwayIsTakenOnlyWhereAnyIs) {
  EXPECT_TRUE(Targets({"offsets"}, 100).empty());
  EXPECT_EQ(Targets({"offsets"}, 100, true).size(), 3u);
}

TEST_P(CodeTablesTest, WhatIsNoTableHasNoTargets) {
  EXPECT_TRUE(Targets({"pads"}).empty());
  EXPECT_TRUE(Targets({}).empty());
  EXPECT_TRUE(Targets({"case0"}, 2, false, Flow::kTableLoad).empty()) << "code, not addresses";
}

TEST_P(CodeTablesTest, ACallSiteHasItsPad) {
  for (const char* table : {"pads", "typed_pads"}) {
    const std::vector<LandingPad> pads = Pads(table);
    ASSERT_EQ(pads.size(), 1u) << table;
    EXPECT_EQ(pads[0].begin, At("call1")) << table;
    EXPECT_EQ(pads[0].end, At("call1_end")) << table;
    EXPECT_EQ(pads[0].pad, At("pad1")) << table;
  }
}

TEST_P(CodeTablesTest, ACutTableEndsWhereThatShows) { EXPECT_EQ(Pads("cut_pads").size(), 1u); }

TEST_P(CodeTablesTest, ATableOfAnyLengthIsNone) {
  EXPECT_TRUE(Pads("endless_pads").empty());
  EXPECT_TRUE(ReadLandingPads(*file_, {At("_start"), At("_start_end"), 0}).empty());
  EXPECT_TRUE(ReadLandingPads(*file_, {At("_start"), At("_start_end"), UINT64_MAX}).empty());
}

}  // namespace
}  // namespace allocprof::symbols
