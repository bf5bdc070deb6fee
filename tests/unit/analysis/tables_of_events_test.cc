// SPDX-License-Identifier: Apache-2.0
//
// Tables made of analyses of events: sizes, lifetimes, growth, leaks, hand-overs, groups, own
// peaks, a window and a moment.
#include <gtest/gtest.h>

#include "analysis/analysis.h"
#include "frames_by_hand.h"

namespace allocprof::analysis {
namespace {

using test::Recording;

bool HasRow(const report::Report& report, const std::string& table, const std::string& name) {
  const report::Table* found = report::FindTable(report, table);
  if (found == nullptr) return false;
  for (const auto& row : found->rows) {
    if (row[0] == report::Value(name)) return true;
  }
  return false;
}

TEST(TablesOfEventsTest, SizesHaveARowAPowerOfTwo) {
  FramesByHand f;
  for (const uint64_t size : {0, 8, 9, 16, 17, 100, 128, 129, 5000}) f.Malloc({"demo:f"}, size);
  const report::Report r = f.Report();
  EXPECT_EQ(CellText(r, "sizes", "up to 8 B", "allocations"), "2");
  EXPECT_EQ(CellText(r, "sizes", "up to 16 B", "allocations"), "2");
  EXPECT_EQ(CellText(r, "sizes", "up to 32 B", "allocations"), "1");
  EXPECT_EQ(CellText(r, "sizes", "up to 128 B", "allocations"), "2");
  EXPECT_EQ(CellText(r, "sizes", "up to 256 B", "allocations"), "1");
  EXPECT_EQ(CellText(r, "sizes", "up to 8.0 KiB", "allocations"), "1");
  EXPECT_FALSE(HasRow(r, "sizes", "up to 64 B"));
}

TEST(TablesOfEventsTest, LifetimesTellTheDeadFromTheLive) {
  FramesByHand f;
  Recording& r = f.recording;
  const test::Stack stack = f.Stack({"demo:f"});
  r.Malloc(1, stack, 0x1000, 8).Free(1, 0x1000, stack);  // 10 ns
  r.Malloc(1, stack, 0x2000, 8).Malloc(1, stack, 0x3000, 8);
  r.now += 5000;
  r.Free(1, 0x2000, stack);                                   // some 5 us
  r.Malloc(1, stack, 0x4000, 8).Malloc(1, stack, 0x4000, 8);  // the first one's free is lost
  const report::Report report = f.Report();
  EXPECT_EQ(CellText(report, "lifetimes", "up to 100 ns", "allocations"), "1");
  EXPECT_EQ(CellText(report, "lifetimes", "up to 10.0 µs", "allocations"), "1");
  EXPECT_EQ(CellText(report, "lifetimes", "live at the end", "allocations"), "2");
  EXPECT_EQ(CellText(report, "lifetimes", "not known: the free is lost", "allocations"), "1");
}

TEST(TablesOfEventsTest, AFunctionHasItsSizesAndLifetimes) {
  FramesByHand f;
  Recording& r = f.recording;
  const test::Stack stack = f.Stack({"demo:main", "demo:f"});
  for (uint64_t i = 1; i <= 100; i++) r.Malloc(1, stack, 0x1000, i).Free(1, 0x1000, stack);
  const report::Report report = f.Report();
  EXPECT_EQ(CellText(report, "functions", "f", "size.p50"), "50");
  EXPECT_EQ(CellText(report, "functions", "f", "size.p95"), "95");
  EXPECT_EQ(CellText(report, "functions", "f", "size.p99"), "99");
  EXPECT_EQ(CellText(report, "functions", "f", "size.max"), "100");
  EXPECT_EQ(CellText(report, "functions", "main", "size.p50"), "null");
}

TEST(TablesOfEventsTest, OwnPeaksAreAskedFor) {
  FramesByHand f;
  Recording& r = f.recording;
  const test::Stack a = f.Stack({"demo:main", "demo:left", "demo:a"}),
                    b = f.Stack({"demo:main", "demo:left", "demo:b"}),
                    c = f.Stack({"demo:main", "demo:right", "demo:c"});
  r.Malloc(1, a, 0x1000, 100).Free(1, 0x1000).Malloc(1, b, 0x1000, 80).Free(1, 0x1000);
  r.Malloc(1, c, 0x1000, 300).Malloc(1, a, 0x2000, 10);
  const report::Report report = f.Report({.top = 0, .own_peaks = true});
  EXPECT_EQ(CellText(report, "functions", "left", "total.own_peak_bytes"), "100");
  EXPECT_EQ(CellText(report, "functions", "left", "total.peak_bytes"), "10");
  EXPECT_EQ(CellText(report, "functions", "b", "total.own_peak_bytes"), "80");
  EXPECT_EQ(CellText(report, "functions", "main", "total.own_peak_bytes"), "310");
}

TEST(TablesOfEventsTest, OwnPeaksThatWereNotAskedForAreNotKnown) {
  FramesByHand f;
  f.Malloc({"demo:main", "demo:f"});
  EXPECT_EQ(CellText(f.Report(), "functions", "f", "total.own_peak_bytes"), "null");
}

TEST(TablesOfEventsTest, AVectorThatGrowsIsShownByItsFunction) {
  FramesByHand f;
  Recording& r = f.recording;
  const test::Stack stack = f.Stack({"demo:main", "demo:fill", "libc.so.6:malloc"});
  for (uint64_t i = 0; i < 6; i++) {
    r.Malloc(1, stack, 0x1000 * (i + 1), 8u << i);
    if (i > 0) r.Free(1, 0x1000 * i, stack);
  }
  const report::Report report = f.Report();
  EXPECT_EQ(CellText(report, "growth", "fill", "chains"), "1");
  EXPECT_EQ(CellText(report, "growth", "fill", "steps"), "5");
  EXPECT_EQ(CellText(report, "growth", "fill", "start_p50"), "8");
  EXPECT_EQ(CellText(report, "growth", "fill", "copied_bytes"), "248");
}

TEST(TablesOfEventsTest, OneStepIsNotShownAsGrowth) {
  FramesByHand f;
  const test::Stack stack = f.Stack({"demo:f"});
  f.recording.Malloc(1, stack, 0x1000, 8).Malloc(1, stack, 0x2000, 16).Free(1, 0x1000, stack);
  EXPECT_FALSE(HasRow(f.Report(), "growth", "f"));
}

TEST(TablesOfEventsTest, LeaksSayWhetherTheyGrow) {
  FramesByHand f;
  Recording& r = f.recording;
  const test::Stack cache = f.Stack({"demo:main", "demo:fill_cache"}),
                    drip = f.Stack({"demo:main", "demo:drip"});
  for (uint64_t i = 0; i < 20; i++) r.Malloc(1, cache, 0x100000 + 64 * i, 10);
  for (uint64_t i = 0; i < 50; i++) {
    r.now += 1000;
    r.Malloc(1, drip, 0x200000 + 64 * i, 3);
  }
  const report::Report report = f.Report();
  EXPECT_EQ(CellText(report, "leak_kinds", "fill_cache", "kind"), "once");
  EXPECT_EQ(CellText(report, "leak_kinds", "fill_cache", "bytes"), "200");
  EXPECT_EQ(CellText(report, "leak_kinds", "drip", "kind"), "growing");
  EXPECT_EQ(CellText(report, "leak_kinds", "drip", "blocks"), "50");
}

TEST(TablesOfEventsTest, HandOversNameBothThreads) {
  FramesByHand f;
  const test::Stack stack = f.Stack({"demo:f"});
  f.recording.Malloc(1, stack, 0x1000, 10).Malloc(1, stack, 0x2000, 30);
  f.recording.Free(2, 0x1000, stack).Free(2, 0x2000, stack);
  const report::Report report = f.Report();
  const report::Table* table = report::FindTable(report, "hand_overs");
  ASSERT_NE(table, nullptr);
  ASSERT_EQ(table->rows.size(), 1u);
  EXPECT_EQ(table->rows[0][1], report::Value("main"));
  EXPECT_EQ(table->rows[0][3], report::Value("worker"));
  EXPECT_EQ(table->rows[0][4], report::Value(uint64_t{2}));
  EXPECT_EQ(table->rows[0][5], report::Value(uint64_t{40}));
}

TEST(TablesOfEventsTest, GroupsThatDieTogetherNameTheirFunction) {
  FramesByHand f;
  Recording& r = f.recording;
  const test::Stack node = f.Stack({"demo:main", "demo:parse", "demo:node"}),
                    name = f.Stack({"demo:main", "demo:parse", "demo:name"}),
                    drop = f.Stack({"demo:main", "demo:drop"});
  for (uint64_t i = 0; i < 60; i++) r.Malloc(1, i % 2 ? node : name, 0x100000 + 64 * i, 10);
  for (uint64_t i = 0; i < 60; i++) r.Free(1, 0x100000 + 64 * i, drop);
  const report::Report report = f.Report();
  EXPECT_EQ(CellText(report, "die_together", "parse", "groups"), "1");
  EXPECT_EQ(CellText(report, "die_together", "parse", "blocks"), "60");
  EXPECT_EQ(CellText(report, "die_together", "parse", "bytes"), "600");
}

FramesByHand TwoHolders() {
  FramesByHand f;
  Recording& r = f.recording;
  const test::Stack a = f.Stack({"demo:main", "demo:a"}), b = f.Stack({"demo:main", "demo:b"});
  r.Malloc(1, a, 0x1000, 100).Malloc(1, b, 0x2000, 30).Free(1, 0x1000).Malloc(1, b, 0x3000, 7);
  return f;
}

TEST(TablesOfEventsTest, AtThePeakItIsSaidWhoHeldWhat) {
  const report::Report r = TwoHolders().Report({.top = 0, .at = "peak"});
  EXPECT_EQ(ScalarText(r, "at", "live_bytes"), "130");
  EXPECT_EQ(CellText(r, "held", "a", "bytes"), "100");
  EXPECT_EQ(CellText(r, "held", "b", "bytes"), "30");
}

TEST(TablesOfEventsTest, AtTheEndItIsSaidWhoHoldsWhat) {
  const report::Report r = TwoHolders().Report({.top = 0, .at = "end"});
  EXPECT_EQ(ScalarText(r, "at", "live_bytes"), "37");
  EXPECT_EQ(CellText(r, "held", "b", "blocks"), "2");
  EXPECT_FALSE(HasRow(r, "held", "a"));
}

TEST(TablesOfEventsTest, AWindowSaysWhatWasLiveAtItsEnds) {
  FramesByHand f;
  Recording& r = f.recording;
  const test::Stack a = f.Stack({"demo:main", "demo:a"});
  r.Malloc(1, a, 0x1000, 100);
  r.now += 10000;
  r.Malloc(1, a, 0x2000, 30);
  const report::Report report = f.Report({.top = 0, .from = "50%"});
  EXPECT_EQ(ScalarText(report, "window", "start_bytes"), "100");
  EXPECT_EQ(ScalarText(report, "window", "end_bytes"), "130");
  EXPECT_EQ(ScalarText(report, "totals", "allocations"), "1");
  EXPECT_EQ(ScalarText(report, "totals", "leaked_bytes"), "30");
  EXPECT_EQ(CellText(report, "functions", "a", "self.peak_bytes"), "130");
}

}  // namespace
}  // namespace allocprof::analysis
