// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "model/stack_tree.h"

namespace allocprof::model {
namespace {

trace::Module Mapped(uint32_t id, uint64_t low, uint64_t high, uint64_t loaded = 0,
                     uint64_t unloaded = UINT64_MAX) {
  return {.id = id, .low = low, .high = high, .loaded = loaded, .unloaded = unloaded};
}

TEST(ModuleMapTest, AnAddressIsInTheModuleThatCoversIt) {
  const std::vector<trace::Module> modules = {Mapped(1, 0x3000, 0x4000), Mapped(2, 0x1000, 0x2000)};
  const ModuleMap map(modules);
  EXPECT_EQ(map.Find(0x1000, 5), 1u);
  EXPECT_EQ(map.Find(0x1fff, 5), 1u);
  EXPECT_EQ(map.Find(0x3000, 5), 0u);
  EXPECT_EQ(map.Find(0xfff, 5), kNoModule);
  EXPECT_EQ(map.Find(0x2000, 5), kNoModule);
  EXPECT_EQ(map.Find(0x4000, 5), kNoModule);
  EXPECT_EQ(map.Find(0, 5), kNoModule);
  EXPECT_EQ(map.Find(UINT64_MAX, 5), kNoModule);
}

TEST(ModuleMapTest, WithoutModulesThereIsNone) {
  const std::vector<trace::Module> modules;
  EXPECT_EQ(ModuleMap(modules).Find(0x1000, 5), kNoModule);
}

TEST(ModuleMapTest, AnAddressReusedAfterAnUnloadIsTheOneOfItsTime) {
  const std::vector<trace::Module> modules = {Mapped(1, 0x1000, 0x2000, 100, 500),
                                              Mapped(2, 0x1000, 0x2000, 600, 900),
                                              Mapped(3, 0x1000, 0x2000, 950)};
  const ModuleMap map(modules);
  EXPECT_EQ(map.Find(0x1800, 200), 0u);
  EXPECT_EQ(map.Find(0x1800, 700), 1u);
  EXPECT_EQ(map.Find(0x1800, 5000), 2u);
}

TEST(ModuleMapTest, AModulesRecordMayBeStampedAfterItsFirstEvent) {
  const std::vector<trace::Module> modules = {Mapped(1, 0x1000, 0x2000, 100, 500),
                                              Mapped(2, 0x1000, 0x2000, 600)};
  EXPECT_EQ(ModuleMap(modules).Find(0x1800, 550), 1u);
  EXPECT_EQ(ModuleMap(modules).Find(0x1800, 50), 0u);
}

TEST(ModuleMapTest, ALargerModuleInThePlaceOfASmallerIsFound) {
  const std::vector<trace::Module> modules = {Mapped(1, 0x2000, 0x3000, 100, 500),
                                              Mapped(2, 0x1000, 0x9000, 600)};
  const ModuleMap map(modules);
  EXPECT_EQ(map.Find(0x2800, 200), 0u);
  EXPECT_EQ(map.Find(0x2800, 700), 1u);
  EXPECT_EQ(map.Find(0x5000, 700), 1u);
}

TEST(ModuleMapTest, AModuleIsFoundThoughManyWereMappedInItsPlaceBefore) {
  // dlopen and dlclose in a loop; the address space is given out again each time.
  std::vector<trace::Module> modules = {Mapped(1, 0x1000, 0x100000)};
  for (uint32_t i = 0; i < 1000; i++) {
    modules.push_back(Mapped(i + 2, 0x200000, 0x201000, i * 10, i * 10 + 5));
  }
  const ModuleMap map(modules);
  EXPECT_EQ(map.Find(0x200800, 4), 1u);
  EXPECT_EQ(map.Find(0x200800, 9994), 1000u);
  for (uint32_t i = 0; i < 1000; i++) ASSERT_EQ(map.Find(0x200800, i * 10 + 1), i + 1) << i;
}

TEST(ModuleMapTest, ALongModuleIsFoundBehindManyShortOnesThatAreGone) {
  std::vector<trace::Module> modules = {Mapped(1, 0x1000, 0x1000000)};
  for (uint32_t i = 0; i < 1000; i++) {
    modules.push_back(Mapped(i + 2, 0x2000 + i * 0x1000, 0x3000 + i * 0x1000, 0, 5));
  }
  EXPECT_EQ(ModuleMap(modules).Find(0xf00000, 100), 0u);
}

}  // namespace
}  // namespace allocprof::model
