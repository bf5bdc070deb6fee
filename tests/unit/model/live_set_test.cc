// SPDX-License-Identifier: Apache-2.0
#include "model/live_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace allocprof::model {
namespace {

Block At(uint64_t address, uint64_t size = 8) { return {.address = address, .size = size}; }

const Block& Insert(LiveSet* live, const Block& block) {
  return live->Insert(block, live->Find(block.address));
}

TEST(LiveSetTest, AnEmptySetHoldsNothing) {
  const LiveSet live;
  EXPECT_EQ(live.Find(0).slot, kNoSlot);
  EXPECT_EQ(live.Find(0x1000).slot, kNoSlot);
  EXPECT_TRUE(live.Blocks().empty());
}

TEST(LiveSetTest, ABlockIsFoundUntilItIsRemoved) {
  LiveSet live;
  const uint32_t slot = Insert(&live, At(0x1000, 24)).slot;
  ASSERT_EQ(live.Find(0x1000).slot, slot);
  EXPECT_EQ(live.At(slot).size, 24u);
  EXPECT_EQ(live.At(slot).slot, slot);
  live.Remove(live.Find(0x1000));
  EXPECT_EQ(live.Find(0x1000).slot, kNoSlot);
}

TEST(LiveSetTest, AllAddressesAreAlike) {
  LiveSet live;
  const std::vector<uint64_t> addresses = {0, 1, 2, UINT64_MAX, UINT64_MAX - 1, 1ull << 63};
  for (const uint64_t address : addresses) Insert(&live, At(address, address));
  for (const uint64_t address : addresses)
    EXPECT_EQ(live.At(live.Find(address).slot).size, address);
}

TEST(LiveSetTest, ASlotIsGivenAgainAfterItsBlockIsGone) {
  LiveSet live;
  const uint32_t slot = Insert(&live, At(0x1000)).slot;
  EXPECT_NE(Insert(&live, At(0x2000)).slot, slot);
  live.Remove(live.Find(0x1000));
  EXPECT_EQ(Insert(&live, At(0x3000)).slot, slot);
}

TEST(LiveSetTest, ADetachedBlockKeepsItsSlot) {
  LiveSet live;
  const uint32_t slot = Insert(&live, At(0x1000)).slot;
  live.Detach(live.Find(0x1000));
  EXPECT_EQ(live.Find(0x1000).slot, kNoSlot);
  EXPECT_NE(Insert(&live, At(0x2000)).slot, slot);
  Block moved = At(0x3000);
  moved.slot = slot;
  EXPECT_EQ(Insert(&live, moved).slot, slot);
  EXPECT_EQ(live.Find(0x3000).slot, slot);
}

TEST(LiveSetTest, AgreesWithAMap) {
  for (uint32_t seed = 1; seed <= 5; seed++) {
    std::mt19937 random(seed);
    LiveSet live;
    std::map<uint64_t, uint64_t> reference;
    for (uint64_t i = 0; i < 30000; i++) {
      // Grows past several tables, then shrinks; some addresses differ in their high bits only.
      const uint64_t address = (random() % 3 == 0 ? 0x7f0000000000 : 0) + 16 * (random() % 6000);
      const uint32_t slot = live.Find(address).slot;
      const auto it = reference.find(address);
      ASSERT_EQ(slot != kNoSlot, it != reference.end());
      if (it == reference.end()) {
        Insert(&live, At(address, i));
        reference[address] = i;
      } else {
        ASSERT_EQ(live.At(slot).size, it->second);
        live.Remove(live.Find(address));
        reference.erase(it);
      }
    }
    std::map<uint64_t, uint64_t> found;
    std::set<uint32_t> slots;
    for (const Block& block : live.Blocks()) {
      found[block.address] = block.size;
      slots.insert(block.slot);
    }
    EXPECT_EQ(found, reference);
    EXPECT_EQ(slots.size(), reference.size());
  }
}

}  // namespace
}  // namespace allocprof::model
