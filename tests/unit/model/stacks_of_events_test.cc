// SPDX-License-Identifier: Apache-2.0
//
// From the definitions of each thread to sites: interning, modules, damage.
#include <gtest/gtest.h>

#include "replayed.h"
#include "support/consistency.h"

namespace allocprof::model {
namespace {

using test::BlockBuilder;
using test::kStartStamp;
using test::Recording;
using test::Stack;

TEST(StacksOfEventsTest, ThreadsThatDefineOnePathShareItsSite) {
  Recording r;
  for (uint32_t thread = 1; thread <= 8; thread++) {
    r.Malloc(thread, {0x100, 0x200}, 0x1000 * thread, 8);
  }
  const Profile p = Replayed(r);
  EXPECT_EQ(p.sites.size(), 1u);
  EXPECT_EQ(p.stacks.nodes().size(), 3u);
  EXPECT_EQ(p.sites[0].allocations, 8u);
}

TEST(StacksOfEventsTest, APathDefinedAgainIsTheSame) {
  BlockBuilder b(1, kStartStamp, 1);
  const uint32_t first = b.Define(b.Define(0, 0x100, 32), 0x200, 16);
  b.Alloc(first, 0x1000, 8, 1100);
  const uint32_t again = b.Define(b.Define(0, 0x100, 32), 0x200, 16);
  b.Alloc(again, 0x2000, 8, 1200);
  Recording r;
  r.now = 2000;
  r.records().Chunk(b, 0);
  const Profile p = Replayed(r);
  EXPECT_NE(first, again);
  EXPECT_EQ(p.sites.size(), 1u);
  EXPECT_EQ(p.sites[0].allocations, 2u);
}

TEST(StacksOfEventsTest, OneIdMeansADifferentPathInEachThread) {
  Recording r;
  r.Malloc(1, {0x100}, 0x1000, 1).Malloc(2, {0x200}, 0x2000, 2);
  EXPECT_EQ(r.Id(1, {0x100}), r.Id(2, {0x200}));
  const Profile p = Replayed(r);
  EXPECT_EQ(SiteAt(p, {0x100}).allocated_bytes, 1u);
  EXPECT_EQ(SiteAt(p, {0x200}).allocated_bytes, 2u);
}

TEST(StacksOfEventsTest, PathsOfAnEarlierChunkAreKnownInALaterOne) {
  Recording r;
  r.Malloc(1, {0x100, 0x200}, 0x1000, 1).Cut(1).Malloc(1, {0x100, 0x200}, 0x2000, 2);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.sites.size(), 1u);
  EXPECT_EQ(p.undefined_stacks, 0u);
}

TEST(StacksOfEventsTest, ALostDefinitionIsSaidAndTheEventCounts) {
  BlockBuilder b(1, kStartStamp, 1);
  b.Alloc(77, 0x1000, 8, 1100);
  Recording r;
  r.now = 2000;
  r.records().Chunk(b, 0);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.undefined_stacks, 1u);
  EXPECT_EQ(p.totals.allocations, 1u);
  ASSERT_EQ(p.sites.size(), 1u);
  EXPECT_EQ(p.sites[0].node, 0u);
}

TEST(StacksOfEventsTest, AChildOfALostDefinitionIsLostToo) {
  BlockBuilder b(1, kStartStamp, 10);
  const uint32_t child = b.Define(5, 0x200);
  b.Alloc(child, 0x1000, 8, 1100);
  Recording r;
  r.now = 2000;
  r.records().Chunk(b, 0);
  EXPECT_EQ(Replayed(r).undefined_stacks, 1u);
}

TEST(StacksOfEventsTest, IdsAfterALostChunkAreKnown) {
  BlockBuilder b(1, kStartStamp, 5000000);
  b.Alloc(b.Define(0, 0x100), 0x1000, 8, 1100);
  Recording r;
  r.now = 2000;
  r.records().Chunk(b, 0);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.undefined_stacks, 0u);
  EXPECT_EQ(SiteAt(p, {0x100}).allocations, 1u);
}

TEST(StacksOfEventsTest, IdsThatJumpOverAllNumbersCostNoMemory) {
  // Damaged or hostile: each chunk claims to begin 10 million ids later. As one array they would
  // be 16 GiB.
  Recording r;
  r.now = 9000;
  for (uint32_t i = 0; i < 400; i++) {
    BlockBuilder b(1, kStartStamp, 1 + i * 10000000);
    b.Alloc(b.Define(0, 0x100), 0x1000 + 16 * i, 8, 1100 + i);
    r.records().Chunk(b, i * 16384);
  }
  const Profile p = Replayed(r);
  EXPECT_EQ(p.undefined_stacks, 0u);
  EXPECT_EQ(SiteAt(p, {0x100}).allocations, 400u);
}

TEST(StacksOfEventsTest, IdsThatStepBackAreRedefined) {
  BlockBuilder a(1, kStartStamp, 100), b(1, kStartStamp, 1);
  a.Alloc(a.Define(0, 0x100), 0x1000, 8, 1100);
  b.Alloc(b.Define(0, 0x200), 0x2000, 16, 1200);
  b.Alloc(100, 0x3000, 32, 1300);
  Recording r;
  r.now = 2000;
  r.records().Chunk(a, 0).Chunk(b, 16384);
  const Profile p = Replayed(r);
  EXPECT_EQ(SiteAt(p, {0x200}).allocated_bytes, 16u);
  EXPECT_EQ(SiteAt(p, {0x100}).allocated_bytes, 40u);
}

TEST(StacksOfEventsTest, AnAddressOfAModuleIsKeptAsItsElfAddress) {
  Recording r;
  r.records().Module(1, "/lib/a.so", 0x7f0000000000, 0x7f0000010000, 0x7f0000000000);
  r.Malloc(1, {0x7f0000001234}, 0x1000, 8);
  const Profile p = Replayed(r);
  ASSERT_EQ(p.stacks.locations().size(), 1u);
  EXPECT_EQ(p.stacks.locations()[0].module, 0u);
  EXPECT_EQ(p.stacks.locations()[0].address, 0x1234u);
  EXPECT_FALSE(p.stacks.locations()[0].exact);
}

TEST(StacksOfEventsTest, AReturnAddressBehindAModulesLastByteIsItsOwn) {
  Recording r;
  r.records().Module(1, "/lib/a.so", 0x1000, 0x2000, 0).Module(2, "/lib/b.so", 0x2000, 0x3000, 0);
  r.Malloc(1, {0x2000}, 0x9000, 8);
  EXPECT_EQ(Replayed(r).stacks.locations()[0].module, 0u);
}

TEST(StacksOfEventsTest, AnInterruptedInstructionIsInTheModuleThatBeginsThere) {
  BlockBuilder b(1, kStartStamp, 1);
  b.Alloc(b.Define(0, 0x2000, 0, 0, wire::kNodeExactPc), 0x9000, 8, 1100);
  Recording r;
  r.now = 2000;
  r.records().Module(1, "/lib/a.so", 0x1000, 0x2000, 0).Module(2, "/lib/b.so", 0x2000, 0x3000, 0);
  r.records().Chunk(b, 0);
  const Profile p = Replayed(r);
  EXPECT_EQ(p.stacks.locations()[0].module, 1u);
  EXPECT_TRUE(p.stacks.locations()[0].exact);
}

TEST(StacksOfEventsTest, AModuleLoadedInThePlaceOfAnotherIsNotTakenForIt) {
  BlockBuilder a(1, kStartStamp, 1), b(1, kStartStamp, 2);
  a.Alloc(a.Define(0, 0x1800), 0x9000, 8, 1100);
  b.Alloc(0, 0x9100, 1, 1550);  // its stamp is the definition's time
  b.Alloc(b.Define(0, 0x1800), 0xa000, 16, 1600);
  Recording r;
  r.now = 2000;
  r.records()
      .Module(1, "/lib/a.so", 0x1000, 0x2000, 0x1000, 1050)
      .Unload(1, 1500)
      .Module(2, "/lib/b.so", 0x1000, 0x2000, 0x1000, 1510)
      .Chunk(a, 0)
      .Chunk(b, 16384);
  const Profile p = Replayed(r);
  ASSERT_EQ(p.stacks.locations().size(), 2u);
  EXPECT_EQ(p.stacks.locations()[0].module, 0u);
  EXPECT_EQ(p.stacks.locations()[1].module, 1u);
}

TEST(StacksOfEventsTest, FramesLeftOutAreALocationOfNoModule) {
  Recording r;
  r.records().Module(1, "/bin/a", 0, 0x1000, 0);
  r.Malloc(1, {0x100, wire::kCutPc, 0x200}, 0x9000, 8);
  const Profile p = Replayed(r);
  const Location& cut = p.stacks.locations()[1];
  EXPECT_EQ(cut.module, kNoModule);
  EXPECT_EQ(cut.address, wire::kCutPc);
  EXPECT_EQ(p.stacks.locations()[2].module, 0u);
}

TEST(StacksOfEventsTest, ADepthMetLaterIsTheNodes) {
  BlockBuilder b(1, kStartStamp, 1);
  const uint32_t n = b.Define(0, 0x100, 32, 500);
  b.Alloc(n, 0x1000, 8, 1100);
  b.Deeper(n, 900);
  b.Deeper(77, 5000);  // not defined
  Recording r;
  r.now = 2000;
  r.records().Chunk(b, 0);
  EXPECT_EQ(Replayed(r).stacks.nodes()[1].depth_max, 900u);
}

TEST(StacksOfEventsTest, AFrameLargerThanFourGigabytesIsCappedNotWrapped) {
  BlockBuilder b(1, kStartStamp, 1);
  b.Alloc(b.Define(0, 0x100, (1ull << 32) + 5), 0x1000, 8, 1100);
  Recording r;
  r.now = 2000;
  r.records().Chunk(b, 0);
  EXPECT_EQ(Replayed(r).stacks.nodes()[1].frame_bytes, UINT32_MAX);
}

}  // namespace
}  // namespace allocprof::model
