// SPDX-License-Identifier: Apache-2.0
//
// Where the ends of several processes stand among their events.
#include "trace/process_ends.h"

#include <gtest/gtest.h>

#include "support/event_log.h"
#include "support/process_family.h"

namespace allocprof::trace {
namespace {

using test::LoadTogether;
using test::Member;
using test::Recording;
using test::RecordingOf;
using Lines = std::vector<std::string>;

Lines Played(const std::vector<std::string>& texts) {
  const auto trace = LoadTogether(texts);
  test::EventLog log;
  Replay(*trace, &log);
  return log.events;
}

// A block at `stamp`, whatever the address is in the whole.
Recording OneBlock(uint32_t pid, uint64_t stamp) {
  Recording r = RecordingOf({.pid = pid, .stamp = stamp - 10});
  r.Malloc(1, {}, 0x10, pid);
  return r;
}

// The address of process n's block at 0x10.
std::string At(int process) {
  return process == 0 ? "0x10" : "0x" + std::to_string(process) + "000000000010";
}

TEST(ProcessEndsTest, TheOnlyProcessEndsWithItsTrace) {
  EXPECT_EQ(Played({OneBlock(1, 1010).Text()}), Lines{"1 malloc 0x10 1 @1010"});
}

TEST(ProcessEndsTest, AnEndStandsBetweenTheEventsOfOthers) {
  Recording parent = OneBlock(1, 1010);
  const Recording child = OneBlock(2, 1100);  // ends at 1110
  parent.now = 1105;
  parent.Malloc(1, {}, 0x20, 7);
  parent.now = 1200;
  parent.Free(1, 0x20, {});
  EXPECT_EQ(Played({parent.Text(), child.Text()}),
            (Lines{"1 malloc 0x10 1 @1010", "2 malloc " + At(1) + " 2 @1100",
                   "1 malloc 0x20 7 @1105", "process 1 ends @1110", "1 free 0x20 @1200"}));
}

TEST(ProcessEndsTest, WhatHappensAtTheEndsOwnStampComesBeforeIt) {
  Recording parent = RecordingOf({.pid = 1});
  parent.now = 1110;
  parent.Malloc(1, {}, 0x20, 7).Malloc(1, {}, 0x30, 8);
  EXPECT_EQ(Played({parent.Text(), OneBlock(2, 1100).Text()}),
            (Lines{"2 malloc " + At(1) + " 2 @1100", "1 malloc 0x20 7 @1110",
                   "process 1 ends @1110", "1 malloc 0x30 8 @1120"}));
}

TEST(ProcessEndsTest, AChildThatOutlivesItsParent) {
  Recording child = RecordingOf({.pid = 2, .ppid = 1, .stamp = 1010});
  child.Malloc(1, {}, 0x10, 5);
  child.now = 5000;
  child.Free(1, 0x10, {});
  EXPECT_EQ(Played({OneBlock(1, 1010).Text(), child.Text()}),
            (Lines{"1 malloc 0x10 1 @1010", "2 malloc " + At(1) + " 5 @1020",
                   "process 0 ends @1020", "2 free " + At(1) + " @5000"}));
}

TEST(ProcessEndsTest, TwoThatEndAtOnceBetweenTwoEventsOfAThird) {
  Recording whole = OneBlock(1, 1010);
  whole.now = 9000;
  whole.Free(1, 0x10, {});
  EXPECT_EQ(
      Played({whole.Text(), OneBlock(3, 1200).Text(), OneBlock(2, 1100).Text()}),
      (Lines{"1 malloc 0x10 1 @1010", "3 malloc " + At(2) + " 2 @1100", "process 2 ends @1110",
             "2 malloc " + At(1) + " 3 @1200", "process 1 ends @1210", "1 free 0x10 @9000"}));
}

TEST(ProcessEndsTest, OneThatDiedEndsWithWhatIsLastKnownOfIt) {
  Recording parent = OneBlock(1, 1010);
  parent.now = 3000;
  parent.Free(1, 0x10, {});
  Recording died = OneBlock(2, 1100);
  EXPECT_EQ(Played({parent.Text(), died.TextWithoutEnd()}),
            (Lines{"1 malloc 0x10 1 @1010", "2 malloc " + At(1) + " 2 @1100",
                   "process 1 ends @1100", "1 free 0x10 @3000"}));
  died.records().Sample(2000, 6000, 4096);
  EXPECT_EQ(Played({parent.Text(), died.TextWithoutEnd()})[2], "process 1 ends @2000");
}

TEST(ProcessEndsTest, AllThreadsOfAProcessEndWithIt) {
  Recording parent = OneBlock(1, 1010);
  parent.now = 3000;
  parent.Free(1, 0x10, {});
  Recording died = RecordingOf({.pid = 2});
  died.now = 1500;
  died.Malloc(1, {}, 0x10, 5).Malloc(2, {}, 0x20, 6).Malloc(1, {}, 0x30, 7);
  const Lines lines = Played({parent.Text(), died.TextWithoutEnd()});
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[4], "process 1 ends @1520");
}

TEST(ProcessEndsTest, EventsAfterAProcesssOwnEndAreNotPlayed) {
  Recording parent = OneBlock(1, 1010);
  parent.now = 3000;
  parent.Free(1, 0x10, {});
  test::BlockBuilder late(1, 1000, 1);
  late.Alloc(0, 0x10, 8, 1100);
  late.Free(0, 0x10, 2500);
  test::TraceBuilder child;
  child.Header(Member{.pid = 2}.HeaderLine()).Chunk(late, 0).End(1200);
  EXPECT_EQ(Played({parent.Text(), child.text()}),
            (Lines{"1 malloc 0x10 1 @1010", "2 malloc " + At(1) + " 8 @1100",
                   "process 1 ends @1200", "1 free 0x10 @3000"}));
}

}  // namespace
}  // namespace allocprof::trace
