// SPDX-License-Identifier: Apache-2.0
#include "trace/replay.h"

#include <gtest/gtest.h>

#include "loaded.h"
#include "support/recording.h"

namespace allocprof::trace {
namespace {

using test::BlockBuilder;
using test::Recording;
using test::TraceBuilder;
using Lines = std::vector<std::string>;

TEST(ReplayTest, ThreadsAreMergedByStamp) {
  Recording r;
  r.Malloc(1, {}, 0x10, 1).Malloc(2, {}, 0x20, 2).Malloc(3, {}, 0x30, 3).Malloc(1, {}, 0x40, 4);
  r.Cut(2).Malloc(2, {}, 0x50, 5).Malloc(1, {}, 0x60, 6);
  EXPECT_EQ(LoadText(r.Text()).log.events,
            (Lines{"1 malloc 0x10 1 @1010", "2 malloc 0x20 2 @1020", "3 malloc 0x30 3 @1030",
                   "1 malloc 0x40 4 @1040", "2 malloc 0x50 5 @1050", "1 malloc 0x60 6 @1060"}));
}

TEST(ReplayTest, OfOneStampTheFreeComesFirst) {
  // The address is freed by one thread and given out again to another at the same tick.
  for (const uint32_t freer : {1u, 2u}) {
    const uint32_t taker = 3 - freer;
    BlockBuilder frees(freer, 1000, 1), takes(taker, 1000, 1);
    frees.Free(0, 0x10, 1500);
    takes.Alloc(0, 0x10, 8, 1500);
    const Loaded l = LoadText(TraceBuilder().Chunk(frees, 0).Chunk(takes, 0).End(2000).text());
    EXPECT_EQ(l.log.events, (Lines{std::to_string(freer) + " free 0x10 @1500",
                                   std::to_string(taker) + " malloc 0x10 8 @1500"}));
  }
}

TEST(ReplayTest, TheDeathHalfOfAReallocComesBeforeAnotherThreadsBirthToo) {
  BlockBuilder grows(2, 1000, 1), takes(1, 1000, 1);
  grows.ReallocFree(0, 0x10, 1500);
  grows.Alloc(0, 0x20, 16, 1600, wire::Entry::kRealloc);
  takes.Alloc(0, 0x10, 8, 1500);
  const Loaded l = LoadText(TraceBuilder().Chunk(grows, 0).Chunk(takes, 0).End(2000).text());
  EXPECT_EQ(l.log.events,
            (Lines{"2 realloc 0x10 @1500", "1 malloc 0x10 8 @1500", "2 reborn 0x20 16 @1600"}));
}

TEST(ReplayTest, AThreadsOwnEventsOfOneStampKeepTheirOrder) {
  BlockBuilder b(1, 1000, 1);
  b.Alloc(0, 0x10, 8, 1500);
  b.Free(0, 0x10, 1500);
  b.Alloc(0, 0x10, 9, 1500);
  EXPECT_EQ(LoadText(TraceBuilder().Chunk(b, 0).End(2000).text()).log.events,
            (Lines{"1 malloc 0x10 8 @1500", "1 free 0x10 @1500", "1 malloc 0x10 9 @1500"}));
}

TEST(ReplayTest, ACostFollowsItsEvent) {
  BlockBuilder a(1, 1000, 1), b(2, 1000, 1);
  a.Alloc(0, 0x10, 8, 1500);
  a.Cost(70, 24);
  a.Free(0, 0x10, 1500);
  a.Cost(60, 0);
  b.Alloc(0, 0x20, 9, 1400);
  b.Cost(50, 24);
  const Loaded l = LoadText(TraceBuilder().Chunk(a, 0).Chunk(b, 0).End(2000).text());
  EXPECT_EQ(l.log.events,
            (Lines{"2 malloc 0x20 9 @1400", "2 cost 50 of 0x20 @1400", "1 malloc 0x10 8 @1500",
                   "1 cost 70 of 0x10 @1500", "1 free 0x10 @1500", "1 cost 60 of 0x10 @1500"}));
  EXPECT_EQ(l.replay.skipped_kinds, 0u);
}

TEST(ReplayTest, ACostWithoutAnEventIsDropped) {
  BlockBuilder b(1, 1000, 1);
  b.Cost(70, 24);
  b.Alloc(0, 0x10, 8, 1500);
  EXPECT_EQ(LoadText(TraceBuilder().Chunk(b, 0).End(2000).text()).log.events,
            (Lines{"1 malloc 0x10 8 @1500"}));
}

TEST(ReplayTest, AnotherThreadsEventsStandBetweenTheHalvesOfARealloc) {
  BlockBuilder a(1, 1000, 1), b(2, 1000, 1);
  a.ReallocFree(0, 0x10, 1100);
  a.Alloc(0, 0x90, 64, 1400, wire::Entry::kRealloc);
  b.Alloc(0, 0x10, 8, 1200);
  b.Free(0, 0x10, 1300);
  EXPECT_EQ(LoadText(TraceBuilder().Chunk(a, 0).Chunk(b, 0).End(2000).text()).log.events,
            (Lines{"1 realloc 0x10 @1100", "2 malloc 0x10 8 @1200", "2 free 0x10 @1300",
                   "1 reborn 0x90 64 @1400"}));
}

TEST(ReplayTest, AHandlersEventsAreSortedIntoTheHookThatTheyInterrupted) {
  // The handler's events were stamped inside the hook and written after its own.
  BlockBuilder b(1, 1000, 1);
  b.Alloc(0, 0x10, 8, 1400);
  b.Alloc(0, 0x20, 8, 1200);
  b.Free(0, 0x20, 1300);
  b.Alloc(0, 0x30, 8, 1500);
  EXPECT_EQ(LoadText(TraceBuilder().Chunk(b, 0).End(2000).text()).log.events,
            (Lines{"1 malloc 0x20 8 @1200", "1 free 0x20 @1300", "1 malloc 0x10 8 @1400",
                   "1 malloc 0x30 8 @1500"}));
}

TEST(ReplayTest, EventsAfterTheEndAreCountedButNotPlayed) {
  BlockBuilder b(1, 1000, 1);
  b.Alloc(0, 0x10, 8, 1999);
  b.Alloc(0, 0x20, 8, 2000);
  b.Alloc(0, 0x30, 8, 2001);
  b.Free(0, 0x10, 2002);
  const Loaded l = LoadText(TraceBuilder().Chunk(b, 0).End(2000).text());
  EXPECT_EQ(l.log.events, (Lines{"1 malloc 0x10 8 @1999", "1 malloc 0x20 8 @2000"}));
  EXPECT_EQ(l.replay.after_end, 2u);
  EXPECT_EQ(l.replay.totals.events, 4u);
}

TEST(ReplayTest, APathIsDefinedBeforeTheFirstEventThatUsesIt) {
  Recording r;
  r.Malloc(1, {0x100, 0x200}, 0x10, 1);
  const Loaded l = LoadText(r.Text());
  EXPECT_EQ(l.log.stacks, (Lines{"1 1 = 0 + 0x100", "1 2 = 1 + 0x200"}));
}

TEST(ReplayTest, DepthsAreHandedOut) {
  BlockBuilder b(1, 1000, 1);
  b.Define(0, 0x100);
  b.Deeper(1, 4096);
  EXPECT_EQ(LoadText(TraceBuilder().Chunk(b, 0).End(2000).text()).log.stacks,
            (Lines{"1 1 = 0 + 0x100", "1 1 at 4096"}));
}

TEST(ReplayTest, TotalsAreThoseOfAllChunks) {
  Recording r;
  r.Malloc(1, {0x100}, 0x10, 100).Malloc(2, {0x100}, 0x20, 200).Free(1, 0x20);
  r.Realloc(2, {0x100}, 0x10, 0x30, 300).Failed(1, {0x100}, 5);
  const Totals t = LoadText(r.Text()).replay.totals;
  EXPECT_EQ(t.events, 6u);
  EXPECT_EQ(t.allocations, 3u);
  EXPECT_EQ(t.frees, 1u);
  EXPECT_EQ(t.reallocations, 1u);
  EXPECT_EQ(t.allocated_bytes, 600u);
  EXPECT_EQ(t.failed, 1u);
  EXPECT_EQ(t.chunks, 2u);
  // 0x100 and the frame that frees, in one thread each.
  EXPECT_EQ(t.definitions, 3u);
}

TEST(ReplayTest, ATraceWithoutChunksIsAnEmptyReplay) {
  const Loaded l = LoadText(TraceBuilder().End(2000).text());
  EXPECT_TRUE(l.log.events.empty());
  EXPECT_EQ(l.replay.totals.chunks, 0u);
}

TEST(ReplayTest, AnEmptyChunkBetweenTwoDoesNotEndItsThread) {
  BlockBuilder a(1, 1000, 1), empty(1, 1100, 1), c(1, 1200, 1);
  a.Alloc(0, 0x10, 1, 1050);
  c.Alloc(0, 0x20, 2, 1250);
  EXPECT_EQ(LoadText(TraceBuilder().Chunk(a, 0).Chunk(empty, 100).Chunk(c, 200).End(2000).text())
                .log.events.size(),
            2u);
}

}  // namespace
}  // namespace allocprof::trace
