// SPDX-License-Identifier: Apache-2.0
//
// Several processes read as one: nothing of two is taken for each other, and times agree.
#include "trace/combine.h"

#include <gtest/gtest.h>

#include <set>

#include "support/event_log.h"
#include "support/process_family.h"
#include "trace/replay.h"

namespace allocprof::trace {
namespace {

using test::LoadTogether;
using test::Member;
using test::Recording;
using test::RecordingOf;

Recording OneBlock(const Member& member) {
  Recording r = RecordingOf(member);
  r.records().Module(1, "/usr/bin/tool", 0x100, 0x1000, 0x100, member.stamp);
  r.Malloc(1, {0x200}, 0x10, 8).Malloc(2, {0x200}, 0x20, 8);
  return r;
}

TEST(CombineTest, AddressesThreadsAndModulesAreOfOneProcessEach) {
  const auto trace =
      LoadTogether({OneBlock({.pid = 1}).Text(), OneBlock({.pid = 2, .stamp = 2000}).Text()});
  ASSERT_EQ(trace->processes.size(), 2u);
  ASSERT_EQ(trace->threads.size(), 4u);
  std::set<uint32_t> numbers;
  for (const Thread& t : trace->threads) numbers.insert(t.id);
  EXPECT_EQ(numbers.size(), 4u);
  EXPECT_EQ(trace->threads[3].process, 1u);
  ASSERT_EQ(trace->modules.size(), 2u);
  EXPECT_NE(trace->modules[0].id, trace->modules[1].id);
  EXPECT_EQ(trace->modules[1].low - trace->modules[0].low, uint64_t{1} << 48);
  // The code's address within its module is the same in both.
  EXPECT_EQ(trace->modules[1].low - trace->modules[1].bias,
            trace->modules[0].low - trace->modules[0].bias);
  test::EventLog log;
  Replay(*trace, &log);
  EXPECT_EQ(std::set<std::string>(log.events.begin(), log.events.end()).size(), log.events.size());
  EXPECT_TRUE(trace->damage.empty());
}

TEST(CombineTest, TheWholeBeginsWithTheFirstAndEndsWithTheLast) {
  Recording late = OneBlock({.pid = 1, .stamp = 5000}), early = OneBlock({.pid = 2});
  late.now = 9000;
  const auto trace = LoadTogether({late.Text(), early.Text()});
  EXPECT_EQ(trace->header.pid, 1u);
  EXPECT_EQ(trace->header.stamp, test::kStartStamp);
  EXPECT_EQ(trace->end_stamp, 9000u);
  EXPECT_EQ(trace->processes[1].end_stamp, early.now);
  EXPECT_EQ(trace->processes[1].last_stamp, early.now);
  EXPECT_TRUE(trace->complete);
}

TEST(CombineTest, TotalsAreSumsUnlessOneIsMissing) {
  const std::string one = OneBlock({.pid = 1}).Text();
  const auto both = LoadTogether({one, OneBlock({.pid = 2}).Text()});
  ASSERT_TRUE(both->totals);
  EXPECT_EQ(both->totals->allocations, 4u);
  const auto cut = LoadTogether({one, OneBlock({.pid = 2}).TextWithoutEnd()});
  EXPECT_FALSE(cut->totals);
  EXPECT_FALSE(cut->complete);
  EXPECT_EQ(cut->processes[1].ending, Ending::kDied);
}

TEST(CombineTest, AProcessThatIsThereTwiceCountsOnce) {
  const std::string one = OneBlock({.pid = 1}).Text();
  const auto trace = LoadTogether({one, OneBlock({.pid = 2}).Text(), one});
  EXPECT_EQ(trace->processes.size(), 2u);
  ASSERT_EQ(trace->damage.size(), 1u);
  EXPECT_EQ(trace->damage[0].where, "pid 1 (p1)");
  EXPECT_EQ(trace->damage[0].what, "it is there twice and counts once");
}

TEST(CombineTest, DamageSaysWhoseItIs) {
  Recording broken = OneBlock({.pid = 2});
  broken.records().Line("{\"k\":\"module\"}");
  const auto trace = LoadTogether({OneBlock({.pid = 1}).Text(), broken.Text()});
  ASSERT_EQ(trace->damage.size(), 1u);
  EXPECT_EQ(trace->damage[0].where, "pid 2 (p2), line 4");
}

TEST(CombineTest, MemoryIsThatOfTheProcessesThatLive) {
  Recording first = OneBlock({.pid = 1}), child = OneBlock({.pid = 2});
  first.records().Sample(1100, 5100, 1000).Sample(8000, 12000, 1500);
  child.records().Sample(1200, 5200, 300);
  child.now = 2000;  // its end says 4096
  first.now = 9000;
  const auto trace = LoadTogether({first.Text(), child.Text()});
  std::vector<std::pair<uint64_t, uint64_t>> rss;
  for (const Sample& s : trace->samples) rss.emplace_back(s.stamp, s.rss);
  EXPECT_EQ(rss, (std::vector<std::pair<uint64_t, uint64_t>>{
                     {1100, 1000}, {1200, 1300}, {2000, 5096}, {8000, 1500}, {9000, 4096}}));
}

TEST(CombineTest, AnotherMachinesClockIsSetByTheTimeOfDay) {
  // Booted long ago: its clock has nothing to do with the first one's but the time of day.
  test::Recording other;
  std::string header = Member{.pid = 2, .stamp = 500000000000}.HeaderLine();
  const std::string real = "\"real_ns\":", ns = "\"ns\":";
  const auto replace = [&](const std::string& key, const std::string& value) {
    const size_t at = header.find(key) + key.size();
    header.replace(at, header.find(',', at) - at, value);
  };
  replace(real, std::to_string(1700000000000000000 + 3000));
  replace(ns, "77");
  other.records().Header(header);
  other.now = 500000000010;
  other.Malloc(1, {}, 0x10, 8);
  const auto trace = LoadTogether({OneBlock({.pid = 1}).Text(), other.Text()});
  ASSERT_EQ(trace->damage.size(), 1u);
  EXPECT_EQ(trace->damage[0].what, "its clock is another one, set by the time of day");
  EXPECT_FALSE(trace->processes[1].clock.same);
  EXPECT_EQ(trace->processes[1].start_stamp, test::kStartStamp + 3000);
}

TEST(CombineTest, APlacedEventHasItsProcesssAddress) {
  Process p;
  p.tag = uint64_t{3} << 48;
  wire::Event e{};
  e.address = 0x10;
  Place(p, &e);
  EXPECT_EQ(e.address, p.tag + 0x10);
  for (const uint64_t none : {uint64_t{0}, uint64_t{wire::kCutPc}}) {
    e.address = none;
    Place(p, &e);
    EXPECT_EQ(e.address, none);
  }
}

}  // namespace
}  // namespace allocprof::trace
