// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fixture.h"
#include "symbols/symbolizer.h"

namespace allocprof::symbols {
namespace {

// The same table read from .symtab and, stripped, from .dynsym.
class ElfSymbolsTest : public ::testing::TestWithParam<const char*> {
 protected:
  std::string NameAt(uint64_t address) {
    const auto& frames = symbolizer_.Resolve(module_, address);
    EXPECT_EQ(frames.size(), 1u);
    EXPECT_EQ(frames[0].file, "");
    EXPECT_FALSE(frames[0].inlined);
    return frames[0].function;
  }
  uint64_t At(const std::string& symbol) { return AddressOf("shapes", symbol); }

  Module module_{Fixture(GetParam()), ""};
  Symbolizer symbolizer_{Options{}};
};

TEST_P(ElfSymbolsTest, OfAliasesTheNameWithoutUnderscoresWins) {
  EXPECT_EQ(NameAt(At("__store_impl")), "store");
  EXPECT_EQ(NameAt(At("__store_impl") + 15), "store");
}

TEST_P(ElfSymbolsTest, WeakPublicNameBeatsUnderscoredGlobal) {
  EXPECT_EQ(NameAt(At("__flush") + 1), "flush");
}

TEST_P(ElfSymbolsTest, SymbolEndsAtItsSize) {
  const uint64_t end = At("outer") + SizeOf("shapes", "outer");
  EXPECT_EQ(NameAt(end - 1), "outer");
  EXPECT_EQ(NameAt(end), "");
  EXPECT_EQ(NameAt(end + 31), "");
  EXPECT_EQ(symbolizer_.FunctionStart(module_, end + 8), std::nullopt);
  EXPECT_EQ(NameAt(At("typed")), "typed");
}

TEST_P(ElfSymbolsTest, LabelInsideFunctionNamesNothing) {
  EXPECT_EQ(NameAt(At("inner_label")), "outer");
}

TEST_P(ElfSymbolsTest, FunctionTypeBeatsNoType) { EXPECT_EQ(NameAt(At("typed") + 2), "typed"); }

TEST_P(ElfSymbolsTest, SymbolWithoutSizeReachesToTheNext) {
  EXPECT_EQ(NameAt(At("bare")), "bare");
  EXPECT_EQ(NameAt(At("bare") + 7), "bare");
  EXPECT_EQ(NameAt(At("bare") + 8), "after_bare");
}

TEST_P(ElfSymbolsTest, SymbolWithoutSizeStopsWithItsSection) {
  const uint64_t start = At("last_bare");
  EXPECT_EQ(NameAt(start + 1), "last_bare");
  EXPECT_EQ(NameAt(start + 4096), "");
}

TEST_P(ElfSymbolsTest, FunctionStartIsTheSymbolsStart) {
  EXPECT_EQ(symbolizer_.FunctionStart(module_, At("store") + 9), At("store"));
  EXPECT_EQ(symbolizer_.FunctionStart(module_, At("bare") + 3), At("bare"));
  EXPECT_EQ(symbolizer_.FunctionStart(module_, 0), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Tables, ElfSymbolsTest, ::testing::Values("shapes", "shapes_dynsym"));

TEST(ElfSymbolsDemangleTest, SymtabNamesAreDemangled) {
  Symbolizer symbolizer{Options{}};
  const Module module{Fixture("chain_symtab"), ""};
  const auto& frames = symbolizer.Resolve(module, AddressOf("chain", "mark_method"));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].function, "shop::Checkout(int)");
  EXPECT_EQ(frames[0].line, 0);
}

}  // namespace
}  // namespace allocprof::symbols
