// SPDX-License-Identifier: Apache-2.0
//
// What observers are told, event by event.
#include "model/block_replay.h"

#include <gtest/gtest.h>

#include <string>

#include "observed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

const Stack kA = {0x100, 0x200}, kB = {0x100, 0x300};

// Keeps everything it hears.
class Listener final : public BlockObserver<Listener> {
 public:
  explicit Listener(const ReplayContext&) {}

  void OnBirth(const Block& block, const Moment& at, const Block* from) {
    births.push_back(block);
    where_born.push_back(at);
    said += from == nullptr ? "b" : "r";
    if (from != nullptr) reallocated.push_back(*from);
  }
  void OnDeath(const Block& block, const Moment& at, const Death& death) {
    deaths.push_back(block);
    where_died.push_back(at);
    how.push_back(death);
    said += "d";
  }
  void OnUnknownFree(uint64_t address, const Moment&) {
    unknown.push_back(address);
    said += "u";
  }
  void OnFailed(const Block& asked, const Moment&) {
    failed.push_back(asked);
    said += "f";
  }
  void OnCost(const Block& block, const Moment&, wire::Entry entry, const Cost& cost) {
    timed.push_back(block);
    costs.push_back(cost);
    said += entry == wire::Entry::kFree ? "C" : "c";
  }
  void OnDefine(const StackDefinition& d) override {
    definitions.push_back(d);
    said += "D";
  }
  void Finish(const ReplayEnd& end, const std::vector<Block>& left, Profile*) override {
    live = left;
    abandoned = end.abandoned_reallocs;
    allocations = end.allocations;
  }

  std::string said;
  std::vector<Block> births, deaths, failed, reallocated, live;
  std::vector<Block> timed;
  std::vector<Cost> costs;
  std::vector<Moment> where_born, where_died;
  std::vector<Death> how;
  std::vector<uint64_t> unknown, abandoned;
  std::vector<StackDefinition> definitions;
  uint64_t allocations = 0;
};

TEST(BlockReplayTest, ABlockIsTheSameFromBirthToDeath) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(2, kB, 0x2000, 20).Free(2, 0x1000, kB);
  const Observed<Listener> o(r);
  ASSERT_EQ(o->births.size(), 2u);
  ASSERT_EQ(o->deaths.size(), 1u);
  const Block &born = o->births[0], &died = o->deaths[0];
  EXPECT_EQ(born.address, 0x1000u);
  EXPECT_EQ(born.size, 10u);
  EXPECT_EQ(born.born, 1010u);
  EXPECT_EQ(born.number, 1u);
  EXPECT_EQ(o->births[1].number, 2u);
  EXPECT_EQ(died.number, born.number);
  EXPECT_EQ(died.slot, born.slot);
  EXPECT_EQ(died.site, born.site);
  EXPECT_EQ(died.stack, born.stack);
  EXPECT_NE(died.thread, o->where_died[0].stack.thread);
  EXPECT_EQ(o->where_died[0].stamp, 1030u);
  EXPECT_EQ(o->where_died[0].allocations, 2u);
  EXPECT_EQ(o->where_died[0].stack.node, o->where_born[1].stack.node);
  EXPECT_EQ(o->how[0].cause, DeathCause::kFree);
  ASSERT_EQ(o->live.size(), 1u);
  EXPECT_EQ(o->live[0].address, 0x2000u);
  EXPECT_EQ(o->allocations, 2u);
}

TEST(BlockReplayTest, LiveBlocksHaveDifferentSlotsAndDeadOnesGiveThemBack) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 1).Malloc(1, kA, 0x2000, 1).Free(1, 0x1000).Malloc(1, kA, 0x3000, 1);
  const Observed<Listener> o(r);
  EXPECT_NE(o->births[0].slot, o->births[1].slot);
  EXPECT_EQ(o->births[2].slot, o->births[0].slot);
}

TEST(BlockReplayTest, AReallocKeepsItsSlotThoughAnotherIsBornBetweenItsHalves) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).ReallocDeath(1, kB, 0x1000).Malloc(2, kA, 0x1000, 5);
  r.ReallocBirth(1, kB, 0x2000, 100);
  const Observed<Listener> o(r);
  ASSERT_EQ(o->births.size(), 3u);
  EXPECT_EQ(o->how[0].cause, DeathCause::kRealloc);
  EXPECT_EQ(o->births[2].slot, o->births[0].slot);
  EXPECT_NE(o->births[1].slot, o->births[0].slot);
  ASSERT_EQ(o->reallocated.size(), 1u);
  EXPECT_EQ(o->reallocated[0].address, 0x1000u);
  EXPECT_EQ(o->reallocated[0].size, 10u);
  EXPECT_EQ(o->abandoned, (std::vector<uint64_t>{0, 0}));
}

TEST(BlockReplayTest, AReallocOfAnUnknownBlockIsAPlainBirth) {
  Recording r;
  r.Realloc(1, kA, 0x9000, 0x1000, 10);
  const Observed<Listener> o(r);
  EXPECT_EQ(o->unknown, (std::vector<uint64_t>{0x9000}));
  EXPECT_EQ(o->births.size(), 1u);
  EXPECT_TRUE(o->reallocated.empty());
}

TEST(BlockReplayTest, AReallocWhoseBirthIsLostIsAbandoned) {
  Recording r;
  r.Malloc(2, kA, 0x1000, 10).ReallocDeath(2, kA, 0x1000).ReallocDeath(2, kA, 0x9000);
  const Observed<Listener> o(r);
  EXPECT_EQ(o->abandoned, (std::vector<uint64_t>{1}));
}

TEST(BlockReplayTest, ABirthAtALiveAddressTellsTheDeathFirst) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kA, 0x1000, 20);
  const Observed<Listener> o(r);
  EXPECT_EQ(o->said, "DDbdb");
  EXPECT_EQ(o->how[0].cause, DeathCause::kLost);
  EXPECT_EQ(o->deaths[0].size, 10u);
}

TEST(BlockReplayTest, AFailedCallNamesItsSiteAndSize) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Failed(1, kA, 77);
  const Observed<Listener> o(r);
  ASSERT_EQ(o->failed.size(), 1u);
  EXPECT_EQ(o->failed[0].site, o->births[0].site);
  EXPECT_EQ(o->failed[0].size, 77u);
}

TEST(BlockReplayTest, ADefinitionComesBeforeItsUseAndCarriesItsDepth) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10).Malloc(1, kB, 0x2000, 10);
  const Observed<Listener> o(r);
  // A chunk's definitions come when it is opened.
  EXPECT_EQ(o->said, "DDDbb");
  const StackDefinition& d = o->definitions[1];
  EXPECT_EQ(d.parent, o->definitions[0].stack.id);
  EXPECT_EQ(d.pc, 0x200u);
  EXPECT_EQ(d.frame_bytes, 32u);
  EXPECT_EQ(d.stack.depth, 64u);
  EXPECT_TRUE(d.defined);
  EXPECT_EQ(o->where_born[0].stack.id, d.stack.id);
  EXPECT_EQ(o->where_born[0].stack.depth, 64u);
}

TEST(BlockReplayTest, OnePathAtTwoDepthsIsOneNodeAndTwoDepths) {
  test::BlockBuilder b(1, test::kStartStamp, 1);
  const uint32_t shallow = b.Define(0, 0x100, 32, 500), deep = b.Define(0, 0x100, 64, 900);
  b.Alloc(shallow, 0x1000, 8, 1100);
  b.Alloc(deep, 0x2000, 8, 1200);
  Recording r;
  r.now = 2000;
  r.records().Chunk(b, 0);
  const Observed<Listener> o(r);
  EXPECT_EQ(o->where_born[0].stack.depth, 500u);
  EXPECT_EQ(o->where_born[1].stack.depth, 900u);
  EXPECT_EQ(o->births[0].site, o->births[1].site);
  EXPECT_EQ(o.stacks.nodes()[o->where_born[0].stack.node].depth_max, 900u);
}

TEST(BlockReplayTest, MoreEventsThanABatchComeInOrder) {
  Recording r;
  for (uint64_t i = 0; i < 3000; i++) r.Malloc(1 + i % 3, kA, 0x1000 + 16 * i, i);
  const Observed<Listener> o(r);
  ASSERT_EQ(o->births.size(), 3000u);
  for (uint64_t i = 0; i < 3000; i++) ASSERT_EQ(o->births[i].size, i);
}

TEST(BlockReplayTest, ACostComesBehindItsCallWithTheBlock) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 10);
  r.Block(1).Cost(70, 24);
  r.Malloc(2, kA, 0x2000, 20).Free(1, 0x1000, kA);
  r.Block(1).Cost(60, 0);
  r.Free(1, 0x9000, kA);
  r.Block(1).Cost(50, 0);
  const Observed<Listener> o(r);
  EXPECT_EQ(o->said.substr(o->said.size() - 6), "bcbdCu");
  ASSERT_EQ(o->timed.size(), 2u);
  EXPECT_EQ(o->timed[0].size, 10u);
  EXPECT_EQ(o->costs[0].stamps, 70u);
  EXPECT_EQ(o->costs[0].usable, 24u);
  EXPECT_EQ(o->timed[1].size, 10u);
  EXPECT_EQ(o->costs[1].stamps, 60u);
}

TEST(BlockReplayTest, ThreadsAreIndicesWhateverTheirNumbers) {
  Recording r;
  r.Malloc(4000000000, kA, 0x1000, 1).Malloc(7, kA, 0x2000, 1).Free(4000000000, 0x2000);
  const Observed<Listener> o(r);
  EXPECT_LT(o->births[0].thread, 2u);
  EXPECT_LT(o->births[1].thread, 2u);
  EXPECT_EQ(o->where_died[0].stack.thread, o->births[0].thread);
}

}  // namespace
}  // namespace allocprof::model
