// SPDX-License-Identifier: Apache-2.0
//
// A merged file says what its traces say together, stands alone, and is JSON whatever went into it.
#include "trace/merge.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/event_log.h"
#include "support/process_family.h"
#include "support/spool_builder.h"
#include "support/temp_dir.h"
#include "trace/replay.h"

namespace allocprof::trace {
namespace {

using test::LoadTogether;
using test::Member;
using test::Recording;

Recording Two(const Member& member) {
  Recording r = test::RecordingOf(member);
  r.records().Module(1, "/usr/bin/tool", 0x100, 0x1000, 0x100, member.stamp);
  r.Malloc(1, {0x200}, 0x10, 8).Malloc(2, {0x200}, 0x20, 8).Free(1, 0x20);
  return r;
}

std::string Merged(const Trace& trace) {
  std::ostringstream out;
  EXPECT_TRUE(WriteMerged(trace, out).ok());
  EXPECT_TRUE(nlohmann::json::accept(out.str())) << out.str();
  return out.str();
}

struct Played {
  std::vector<std::string> events, stacks;

  explicit Played(const Trace& trace) {
    test::EventLog log;
    Replay(trace, &log);
    events = log.events;
    stacks = log.stacks;
  }
  bool operator==(const Played&) const = default;
};

void ExpectSame(const Trace& a, const Trace& b) {
  EXPECT_EQ(Played(a), Played(b));
  ASSERT_EQ(a.processes.size(), b.processes.size());
  for (size_t i = 0; i < a.processes.size(); i++) {
    const Process &one = a.processes[i], &other = b.processes[i];
    EXPECT_EQ(one.header.pid, other.header.pid);
    EXPECT_EQ(one.header.exe, other.header.exe);
    EXPECT_EQ(one.header.argv, other.header.argv);
    EXPECT_EQ(one.ending, other.ending);
    EXPECT_EQ(one.exit_status, other.exit_status);
    EXPECT_EQ(one.complete, other.complete);
    EXPECT_EQ(one.end_stamp, other.end_stamp);
    EXPECT_EQ(one.path, other.path);
  }
  ASSERT_EQ(a.modules.size(), b.modules.size());
  for (size_t i = 0; i < a.modules.size(); i++) EXPECT_EQ(a.modules[i].low, b.modules[i].low);
  EXPECT_EQ(a.threads.size(), b.threads.size());
  EXPECT_EQ(a.totals.has_value(), b.totals.has_value());
  EXPECT_EQ(a.last_stamp(), b.last_stamp());
}

TEST(MergeTest, SaysWhatTheTracesSay) {
  const auto apart =
      LoadTogether({Two({.pid = 1}).Text(), Two({.pid = 2, .ppid = 1, .stamp = 1500}).Text(),
                    Two({.pid = 3, .ppid = 1, .stamp = 1015}).TextWithoutEnd()});
  const auto merged = LoadTogether({Merged(*apart)});
  EXPECT_TRUE(merged->merged);
  ExpectSame(*apart, *merged);
  EXPECT_TRUE(merged->damage.empty());
}

TEST(MergeTest, OneTraceAndAMergedOneMergeAgain) {
  const auto one = LoadTogether({Two({.pid = 1}).Text()});
  const std::string alone = Merged(*one);
  EXPECT_EQ(LoadTogether({alone})->processes.size(), 1u);
  const auto three = LoadTogether(
      {alone, Merged(*LoadTogether({Two({.pid = 2}).Text(), Two({.pid = 3}).Text()}))});
  ASSERT_EQ(three->processes.size(), 3u);
  ExpectSame(*three, *LoadTogether({Merged(*three)}));
}

TEST(MergeTest, WhatOnlyASpoolHeldIsInTheFile) {
  const test::TempDir dir;
  const std::string path = dir.Write("t.json", Recording().TextWithoutEnd());
  test::BlockBuilder block(1, 1000, 1);
  block.Alloc(block.Define(0, 0x100), 0x10, 8, 1100);
  test::SpoolBuilder spool;
  spool.Ring(1, {block});
  spool.header.lost[1] = 7;
  spool.header.stacks_cut = 3;
  dir.Write("t.json.spool", spool.bytes());
  const Result<Trace> apart = Load({path, dir.Write("u.json", Two({.pid = 2}).Text())});
  ASSERT_TRUE(apart.ok());
  const auto merged = LoadTogether({Merged(apart.value())});
  ExpectSame(apart.value(), *merged);
  EXPECT_TRUE(merged->from_spool);
  ASSERT_EQ(merged->lost.size(), 1u);
  EXPECT_EQ(merged->lost[0].events, 7u);
  EXPECT_EQ(merged->stacks_cut, 3u);
}

TEST(MergeTest, DamagedLinesBecomeDamage) {
  Recording broken = Two({.pid = 2});
  broken.records().Line("{\"k\":\"thread\",").Line("no record").Hole(30);
  const auto apart = LoadTogether({Two({.pid = 1}).Text(), broken.Text()});
  const auto merged = LoadTogether({Merged(*apart)});
  ASSERT_EQ(merged->damage.size(), apart->damage.size());
  for (size_t i = 0; i < apart->damage.size(); i++) {
    EXPECT_EQ(merged->damage[i].what, apart->damage[i].what);
  }
  EXPECT_EQ(Played(*apart), Played(*merged));
}

TEST(MergeTest, ACutMergedFileReadsAsFarAsItGoes) {
  const auto apart = LoadTogether({Two({.pid = 1}).Text(), Two({.pid = 2}).Text()});
  const std::string whole = Merged(*apart);
  const test::TempDir dir;
  size_t most = 0;
  for (size_t size = 0; size < whole.size(); size += 7) {
    const Result<Trace> cut = Load(dir.Write("cut.json", whole.substr(0, size)));
    if (!cut.ok()) continue;
    const size_t events = Played(cut.value()).events.size();
    EXPECT_GE(events, most);
    most = std::max(most, events);
  }
  EXPECT_GE(most, 3u);
}

TEST(MergeTest, AFullDiskIsAnError) {
  const auto trace = LoadTogether({Two({.pid = 1}).Text(), Two({.pid = 2}).Text()});
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_FALSE(WriteMerged(*trace, out).ok());
}

}  // namespace
}  // namespace allocprof::trace
