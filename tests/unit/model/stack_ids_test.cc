// SPDX-License-Identifier: Apache-2.0
#include "model/stack_ids.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

namespace allocprof::model {
namespace {

TEST(StackIdsTest, AnIdNeverSetIsUndefined) {
  StackIds ids;
  EXPECT_EQ(ids.Find(0), StackIds::kUndefined);
  ids.Set(5, 50);
  EXPECT_EQ(ids.Find(4), StackIds::kUndefined);
  EXPECT_EQ(ids.Find(5), 50u);
  EXPECT_EQ(ids.Find(6), StackIds::kUndefined);
}

TEST(StackIdsTest, TheLastOneSetCounts) {
  StackIds ids;
  ids.Set(5, 50);
  ids.Set(6, 60);
  ids.Set(5, 55);
  EXPECT_EQ(ids.Find(5), 55u);
  EXPECT_EQ(ids.Find(6), 60u);
}

TEST(StackIdsTest, TheExtremesAreIdsLikeOthers) {
  StackIds ids;
  ids.Set(UINT32_MAX, 1);
  ids.Set(0, 2);
  EXPECT_EQ(ids.Find(UINT32_MAX), 1u);
  EXPECT_EQ(ids.Find(0), 2u);
  EXPECT_EQ(ids.Find(1), StackIds::kUndefined);
}

TEST(StackIdsTest, AgreesWithAMapWhateverTheOrder) {
  for (uint32_t seed = 1; seed <= 10; seed++) {
    std::mt19937 random(seed);
    StackIds ids;
    std::unordered_map<uint32_t, uint32_t> reference;
    uint32_t id = 0;
    for (uint32_t i = 0; i < 3000; i++) {
      id = random() % 8 == 0 ? random() % 600 : id + 1;
      ids.Set(id, i);
      reference[id] = i;
    }
    for (uint32_t i = 0; i < 5000; i++) {
      const auto it = reference.find(i);
      ASSERT_EQ(ids.Find(i), it == reference.end() ? StackIds::kUndefined : it->second) << i;
    }
  }
}

}  // namespace
}  // namespace allocprof::model
