// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fixture.h"
#include "symbols/symbolizer.h"

namespace allocprof::symbols {
namespace {

std::optional<uint64_t> MainOf(const std::string& path) {
  Symbolizer symbolizer(Options{.debug_dirs = {}, .sysroot = ""});
  return symbolizer.MainAddress({path, ""});
}

TEST(MainAddressTest, FromSymtab) {
  EXPECT_EQ(MainOf(Fixture("chain")), AddressOf("chain", "main"));
  EXPECT_EQ(MainOf(Fixture("chain_fixed")), AddressOf("chain_fixed", "main"));
}

TEST(MainAddressTest, FromDwarf) {
  EXPECT_EQ(MainOf(Fixture("chain_no_symbols")), AddressOf("chain", "main"));
}

TEST(MainAddressTest, FromStartUpCodeOfStrippedPie) {
  EXPECT_EQ(MainOf(Fixture("chain_bare")), AddressOf("chain", "main"));
}

TEST(MainAddressTest, FromStartUpCodeOfStrippedFixedProgram) {
  EXPECT_EQ(MainOf(Fixture("chain_fixed_bare")), AddressOf("chain_fixed", "main"));
}

TEST(MainAddressTest, LibraryHasNone) {
  EXPECT_EQ(MainOf(Fixture("shapes")), std::nullopt);
  EXPECT_EQ(MainOf(Fixture("shapes_dynsym")), std::nullopt);
}

TEST(MainAddressTest, MissingFileHasNone) { EXPECT_EQ(MainOf("/nonexistent"), std::nullopt); }

}  // namespace
}  // namespace allocprof::symbols
