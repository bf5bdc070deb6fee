// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fixture.h"
#include "symbols/symbolizer.h"

namespace allocprof::symbols {
namespace {

constexpr char kSource[] = "inline_chain.cc";

std::vector<Frame> FramesAt(const std::string& fixture, uint64_t address) {
  Symbolizer symbolizer{Options{}};
  return symbolizer.Resolve({Fixture(fixture), ""}, address);
}

Frame At(const std::string& function, const std::string& marker, bool inlined) {
  return {function, SourceOf(kSource), LineOf(kSource, marker), inlined};
}

// Files with the same code and the same debug info in different dress.
class InlineFramesTest : public ::testing::TestWithParam<const char*> {
 protected:
  std::vector<Frame> Frames(const std::string& mark) {
    return FramesAt(GetParam(), AddressOf(Original(), mark));
  }
  // chain_no_symbols has no symbols to ask for, but is a copy.
  static std::string Original() {
    const std::string name = GetParam();
    return name == "chain_no_symbols" ? "chain" : name;
  }
};

TEST_P(InlineFramesTest, ChainIsCompleteWithLinesOfCalls) {
  const std::vector<Frame> frames = Frames("mark_method");
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0], At("shop::Cart::Add(int)", "method", true));
  // Internal linkage: no linkage name, so the name is qualified by its scopes.
  EXPECT_EQ(frames[1], At("(anonymous namespace)::Hidden", "hidden", true));
  EXPECT_EQ(frames[2], At("shop::Checkout(int)", "checkout", false));
}

TEST_P(InlineFramesTest, OwnCodeHasOneFrame) {
  EXPECT_EQ(Frames("mark_own"), std::vector{At("shop::Checkout(int)", "own", false)});
}

TEST_P(InlineFramesTest, TemplateHasNoReturnType) {
  EXPECT_EQ(Frames("mark_template"), std::vector{At("shop::Twice<int>(int)", "template", false)});
}

TEST_P(InlineFramesTest, MethodOfLocalClassIsQualifiedByItsFunction) {
  const std::vector<Frame> frames = Frames("mark_local_class");
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0], At("LocalClass::Till::Open", "local_class", true));
  EXPECT_EQ(frames[1], At("LocalClass(int)", "local_class_call", false));
}

TEST_P(InlineFramesTest, CFunctionsKeepTheirNames) {
  EXPECT_EQ(Frames("mark_main"), std::vector{At("main", "main", false)});
}

INSTANTIATE_TEST_SUITE_P(Files, InlineFramesTest,
                         ::testing::Values("chain", "chain_dwarf4", "chain_fixed",
                                           "chain_no_aranges", "chain_compressed",
                                           "chain_no_symbols", "chain_dwo4", "chain_dwo5"));

TEST(OuterFrameTest, StaticFunctionTakesParametersFromItsSymbol) {
  const uint64_t mark = AddressOf("chain", "mark_static");
  EXPECT_EQ(FramesAt("chain", mark), std::vector{At("Local(int)", "static", false)});
  EXPECT_EQ(FramesAt("chain_no_symbols", mark), std::vector{At("Local", "static", false)});
}

TEST(OuterFrameTest, LineTableAloneGivesLines) {
  const auto frames = FramesAt("chain_lines", AddressOf("chain_lines", "mark_method"));
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames[0].file, SourceOf(kSource));
  EXPECT_EQ(frames[0].line, LineOf(kSource, "method"));
  EXPECT_EQ(frames.back().function, "shop::Checkout(int)");
  EXPECT_FALSE(frames.back().inlined);
}

TEST(OuterFrameTest, NestedFunctionIsFoundInsideItsParent) {
  const auto frames = FramesAt("c_names", AddressOf("c_names", "mark_nested"));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].function, "within");
  EXPECT_EQ(frames[0].line, LineOf("c_names.c", "nested"));
}

TEST(OuterFrameTest, PublicAliasBeatsTheNameInDebugInfo) {
  EXPECT_EQ(FramesAt("c_names", AddressOf("c_names", "mark_alias"))[0].function, "visible");
}

TEST(OuterFrameTest, NameOfFoldedFunctionIsNotTaken) {
  EXPECT_EQ(FramesAt("c_names", AddressOf("c_names", "mark_folded"))[0].function, "b_written");
}

TEST(OuterFrameTest, PartOfFunctionReadsAsTheFunction) {
  EXPECT_EQ(FramesAt("c_names", AddressOf("c_names", "mark_part"))[0].function, "cut");
}

TEST(OuterFrameTest, FunctionStartFallsBackToDwarf) {
  Symbolizer symbolizer{Options{}};
  const Module module{Fixture("chain_no_symbols"), ""};
  EXPECT_EQ(symbolizer.FunctionStart(module, AddressOf("chain", "mark_method")),
            AddressOf("chain", "_ZN4shop8CheckoutEi"));
  EXPECT_EQ(symbolizer.FunctionStart(module, 1), std::nullopt);
}

}  // namespace
}  // namespace allocprof::symbols
