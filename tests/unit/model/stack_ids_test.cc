// SPDX-License-Identifier: Apache-2.0
#include "model/stack_ids.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

namespace allocprof::model {
namespace {

TEST(StackIdsTest, AnIdNeverSetIsUndefined) {
  StackIds ids;
  EXPECT_EQ(ids.Find(0).node, StackIds::kUndefined);
  ids.Set(5, {50, 0});
  EXPECT_EQ(ids.Find(4).node, StackIds::kUndefined);
  EXPECT_EQ(ids.Find(5).node, 50u);
  EXPECT_EQ(ids.Find(6).node, StackIds::kUndefined);
}

TEST(StackIdsTest, TheLastOneSetCounts) {
  StackIds ids;
  ids.Set(5, {50, 0});
  ids.Set(6, {60, 0});
  ids.Set(5, {55, 0});
  EXPECT_EQ(ids.Find(5).node, 55u);
  EXPECT_EQ(ids.Find(6).node, 60u);
}

TEST(StackIdsTest, TheExtremesAreIdsLikeOthers) {
  StackIds ids;
  ids.Set(UINT32_MAX, {1, 0});
  ids.Set(0, {2, 0});
  EXPECT_EQ(ids.Find(UINT32_MAX).node, 1u);
  EXPECT_EQ(ids.Find(0).node, 2u);
  EXPECT_EQ(ids.Find(1).node, StackIds::kUndefined);
}

TEST(StackIdsTest, AgreesWithAMapWhateverTheOrder) {
  for (uint32_t seed = 1; seed <= 10; seed++) {
    std::mt19937 random(seed);
    StackIds ids;
    std::unordered_map<uint32_t, uint32_t> reference;
    uint32_t id = 0;
    for (uint32_t i = 0; i < 3000; i++) {
      id = random() % 8 == 0 ? random() % 600 : id + 1;
      ids.Set(id, {i, 0});
      reference[id] = i;
    }
    for (uint32_t i = 0; i < 5000; i++) {
      const auto it = reference.find(i);
      ASSERT_EQ(ids.Find(i).node, it == reference.end() ? StackIds::kUndefined : it->second) << i;
    }
  }
}

}  // namespace
}  // namespace allocprof::model
