// SPDX-License-Identifier: Apache-2.0
#include "wire/block_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/block_builder.h"
#include "support/exact_bytes.h"

namespace allocprof::wire {
namespace {

using test::BlockBuilder;
using test::ExactBytes;

struct Decoded {
  std::vector<Event> events;
  BlockTotals totals;
  BlockHead head{};
  bool damaged = false;
};

Decoded Decode(std::string_view text) {
  const ExactBytes bytes(text);
  BlockReader reader(bytes.begin(), bytes.size());
  Decoded out;
  for (Event e; reader.Next(&e);) {
    out.events.push_back(e);
    out.totals.Add(e);
  }
  out.head = reader.head();
  out.damaged = reader.damaged();
  return out;
}

BlockBuilder OneOfEach() {
  BlockBuilder b(7, 5000, 40);
  const uint32_t outer = b.Define(0, 0x401000, 48, 1000);
  const uint32_t inner = b.Define(outer, 0x402000, 64, 1064, kNodeVariable | kNodeCutBelow);
  b.Alloc(inner, 0x7f0000001010, 24, 5100, Entry::kCalloc);
  b.Free(outer, 0x7f0000001010, 5200);
  b.ReallocFree(inner, 0x7f0000002000, 5300, Entry::kReallocarray);
  b.Alloc(inner, 0x10, 1 << 20, 5310, Entry::kReallocarray);
  b.Failed(outer, UINT64_MAX, 5400, Entry::kMemalign);
  b.Deeper(inner, 1 << 22);
  return b;
}

TEST(BlockReaderTest, GivesAbsoluteValuesBack) {
  const Decoded d = Decode(OneOfEach().bytes());
  EXPECT_FALSE(d.damaged);
  EXPECT_EQ(d.head.thread, 7u);
  EXPECT_EQ(d.head.stamp, 5000u);
  EXPECT_EQ(d.head.next_id, 40u);
  ASSERT_EQ(d.events.size(), 8u);

  EXPECT_EQ(d.events[0].kind, Record::kDefine);
  EXPECT_EQ(d.events[0].stack, 40u);
  EXPECT_EQ(d.events[0].parent, 0u);
  EXPECT_EQ(d.events[0].address, 0x401000u);
  EXPECT_EQ(d.events[0].size, 48u);
  EXPECT_EQ(d.events[0].depth, 1000u);

  EXPECT_EQ(d.events[1].stack, 41u);
  EXPECT_EQ(d.events[1].parent, 40u);
  EXPECT_EQ(d.events[1].address, 0x402000u);
  EXPECT_EQ(d.events[1].flags, kNodeVariable | kNodeCutBelow);

  EXPECT_EQ(d.events[2].kind, Record::kAlloc);
  EXPECT_EQ(d.events[2].entry, Entry::kCalloc);
  EXPECT_EQ(d.events[2].stack, 41u);
  EXPECT_EQ(d.events[2].address, 0x7f0000001010u);
  EXPECT_EQ(d.events[2].size, 24u);
  EXPECT_EQ(d.events[2].stamp, 5100u);

  EXPECT_EQ(d.events[3].kind, Record::kFree);
  EXPECT_EQ(d.events[3].entry, Entry::kFree);
  EXPECT_EQ(d.events[3].stack, 40u);
  EXPECT_EQ(d.events[3].address, 0x7f0000001010u);
  EXPECT_EQ(d.events[3].stamp, 5200u);

  EXPECT_EQ(d.events[4].kind, Record::kReallocFree);
  EXPECT_EQ(d.events[4].address, 0x7f0000002000u);
  EXPECT_EQ(d.events[5].address, 0x10u);
  EXPECT_EQ(d.events[5].size, 1u << 20);

  EXPECT_EQ(d.events[6].kind, Record::kFailed);
  EXPECT_EQ(d.events[6].size, UINT64_MAX);
  EXPECT_EQ(d.events[6].entry, Entry::kMemalign);

  EXPECT_EQ(d.events[7].kind, Record::kDeeper);
  EXPECT_EQ(d.events[7].stack, 41u);
  EXPECT_EQ(d.events[7].depth, 1u << 22);
}

TEST(BlockReaderTest, ADefinitionHasTheStampOfTheEventBefore) {
  BlockBuilder b(1, 100, 1);
  b.Alloc(0, 0x10, 1, 300);
  b.Define(0, 0x1000);
  EXPECT_EQ(Decode(b.bytes()).events[1].stamp, 300u);
}

TEST(BlockReaderTest, DeltasBeginAnewInEachBlock) {
  BlockBuilder first(1, 100, 1);
  first.Alloc(9, 0x7f0000000000, 8, 90000);
  BlockBuilder second(1, 100000, 2);
  second.Alloc(9, 0x7f0000000000, 8, 100001);
  const Event a = Decode(first.bytes()).events.at(0), b = Decode(second.bytes()).events.at(0);
  EXPECT_EQ(a.stack, b.stack);
  EXPECT_EQ(a.address, b.address);
  EXPECT_EQ(b.stamp, 100001u);
}

TEST(BlockReaderTest, StampsMayStepBack) {
  BlockBuilder b(1, 1000, 1);
  b.Alloc(0, 0x10, 1, 1500);
  b.Alloc(0, 0x20, 1, 900);
  const Decoded d = Decode(b.bytes());
  EXPECT_EQ(d.events[1].stamp, 900u);
  EXPECT_EQ(d.totals.first_stamp, 900u);
  EXPECT_EQ(d.totals.last_stamp, 1500u);
}

TEST(BlockReaderTest, AnUnknownKindIsHandedOutAndTheNextRecordIsRead) {
  BlockBuilder b(1, 1000, 1);
  b.Record(Record::kExtended, 5, 1, 2, 3, 4);
  b.Alloc(3, 0x10, 1, 1500);
  const Decoded d = Decode(b.bytes());
  ASSERT_EQ(d.events.size(), 2u);
  EXPECT_EQ(d.events[0].kind, Record::kExtended);
  EXPECT_EQ(d.events[1].stack, 3u);
  EXPECT_FALSE(d.damaged);
}

TEST(BlockReaderTest, ACostTellsOfTheEventBeforeIt) {
  BlockBuilder b(1, 1000, 1);
  b.Alloc(3, 0x1000, 24, 1500, Entry::kCalloc);
  b.Cost(70, 40);
  b.ReallocFree(3, 0x1000, 1600);
  b.Alloc(4, 0x2000, 100, 1700, Entry::kRealloc);
  b.Cost(90, 104);
  b.Free(5, 0x2000, 1800);
  b.Cost(60, 0);
  b.Alloc(3, 0x1000, 8, 1900);
  const Decoded d = Decode(b.bytes());
  ASSERT_EQ(d.events.size(), 8u);
  EXPECT_FALSE(d.damaged);
  EXPECT_EQ(d.totals.events, 5u);
  const auto expect = [&](size_t i, Entry entry, uint32_t stack, uint64_t address, uint64_t stamp,
                          uint64_t cost, uint64_t usable) {
    const Event& e = d.events[i];
    EXPECT_EQ(e.kind, Record::kExtended);
    EXPECT_EQ(e.flags, static_cast<uint8_t>(Extended::kCost));
    EXPECT_EQ(e.entry, entry);
    EXPECT_EQ(e.stack, stack);
    EXPECT_EQ(e.address, address);
    EXPECT_EQ(e.stamp, stamp);
    EXPECT_EQ(e.depth, cost);
    EXPECT_EQ(e.size, usable);
  };
  expect(1, Entry::kCalloc, 3, 0x1000, 1500, 70, 40);
  expect(4, Entry::kRealloc, 4, 0x2000, 1700, 90, 104);
  expect(6, Entry::kFree, 5, 0x2000, 1800, 60, 0);
  EXPECT_EQ(d.events[7].address, 0x1000u);
  EXPECT_EQ(d.events[7].stamp, 1900u);
}

TEST(BlockReaderTest, ABlockCutAnywhereGivesItsWholeRecords) {
  const std::string whole = OneOfEach().bytes();
  size_t last = 8;
  for (size_t n = whole.size(); n-- > 0;) {
    const Decoded d = Decode(std::string_view(whole).substr(0, n));
    EXPECT_LE(d.events.size(), last) << n;
    last = d.events.size();
    if (n < sizeof(BlockHead)) {
      EXPECT_TRUE(d.damaged) << n;
      EXPECT_TRUE(d.events.empty()) << n;
      EXPECT_EQ(d.head.thread, 0u) << n;
    }
  }
  EXPECT_EQ(last, 0u);
}

TEST(BlockReaderTest, ABlockOfNothingButItsHeadIsEmptyAndSound) {
  const Decoded d = Decode(BlockBuilder(1, 1, 1).bytes());
  EXPECT_TRUE(d.events.empty());
  EXPECT_FALSE(d.damaged);
}

TEST(BlockReaderTest, NothingIsReadBehindARecordThatIsNone) {
  BlockBuilder b(1, 1000, 1);
  b.Alloc(1, 0x10, 1, 1500);
  const std::string bytes = b.bytes() + std::string(8, '\0') + b.bytes();
  const Decoded d = Decode(bytes);
  EXPECT_EQ(d.events.size(), 1u);
  EXPECT_TRUE(d.damaged);
}

TEST(BlockReaderTest, AParentBeforeTheFirstIdWrapsAndDoesNoHarm) {
  BlockBuilder b(1, 1000, 1);
  b.Record(Record::kDefine, 0, 500, 0, 0, 0);
  const Decoded d = Decode(b.bytes());
  ASSERT_EQ(d.events.size(), 1u);
  EXPECT_EQ(d.events[0].parent, 1u - 500u);
}

TEST(BlockTotalsTest, CountsEachKindForItself) {
  const BlockBuilder b = OneOfEach();
  const BlockTotals t = Decode(b.bytes()).totals;
  EXPECT_EQ(t.events, 5u);
  EXPECT_EQ(t.allocations, 2u);
  EXPECT_EQ(t.frees, 1u);
  EXPECT_EQ(t.reallocations, 1u);
  EXPECT_EQ(t.allocated_bytes, 24u + (1u << 20));
  EXPECT_EQ(t.failed, 1u);
  EXPECT_EQ(t.definitions, 2u);
  EXPECT_EQ(t.first_stamp, 5100u);
  EXPECT_EQ(t.last_stamp, 5400u);
}

TEST(BlockTotalsTest, ALaterVersionsRecordsAreNoEvents) {
  BlockBuilder b(1, 1000, 1);
  b.Record(Record::kExtended, 5, 1, 2, 3, 4);
  b.Deeper(1, 50);
  const BlockTotals t = Decode(b.bytes()).totals;
  EXPECT_EQ(t.events, 0u);
  EXPECT_EQ(t.last_stamp, 0u);
}

}  // namespace
}  // namespace allocprof::wire
