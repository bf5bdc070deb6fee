// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fixture.h"
#include "symbols/symbolizer.h"

namespace allocprof::symbols {
namespace {

constexpr char kSource[] = "rust_chain.rs";

class RustFramesTest : public ::testing::TestWithParam<const char*> {};

TEST_P(RustFramesTest, MethodInlinedIntoFunction) {
  Symbolizer symbolizer{Options{}};
  const Module module{Fixture(GetParam()), ""};
  const auto& frames = symbolizer.Resolve(module, AddressOf(GetParam(), "mark_rust"));
  ASSERT_EQ(frames.size(), 2u);
  // v0 puts the type of an inherent impl in angle brackets, legacy does not.
  EXPECT_TRUE(frames[0].function == "rust_chain::store::Shelf::put" ||
              frames[0].function == "<rust_chain::store::Shelf>::put")
      << frames[0].function;
  EXPECT_TRUE(frames[0].inlined);
  EXPECT_EQ(frames[0].line, LineOf(kSource, "rust_put"));
  EXPECT_EQ(frames[1].function, "rust_chain::store::fill");
  EXPECT_FALSE(frames[1].inlined);
  EXPECT_EQ(frames[1].file, SourceOf(kSource));
  EXPECT_EQ(frames[1].line, LineOf(kSource, "rust_fill"));
}

INSTANTIATE_TEST_SUITE_P(Manglings, RustFramesTest, ::testing::Values("rust_default", "rust_v0"));

}  // namespace
}  // namespace allocprof::symbols
