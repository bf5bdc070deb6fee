// SPDX-License-Identifier: Apache-2.0
//
// The report as a whole: what a trace of known events adds up to, however it is sorted and cut.
#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/analysis.h"
#include "frames_by_hand.h"
#include "support/consistency.h"
#include "support/temp_dir.h"

namespace allocprof::analysis {
namespace {

using test::Recording;
using test::TempDir;

FramesByHand Program() {
  FramesByHand f;
  Recording& r = f.recording;
  const test::Stack parse = f.Stack({"demo:main", "demo:parse", "libc.so.6:malloc"});
  const test::Stack grow = f.Stack({"demo:main", "demo:grow", "libc.so.6:realloc"});
  const test::Stack work = f.Stack({"libc.so.6:start_thread", "demo:work"});
  const test::Stack release = f.Stack({"demo:main", "demo:release"});
  for (uint64_t i = 0; i < 10; i++) r.Malloc(1, parse, 0x1000 + 0x100 * i, 50);
  for (uint64_t i = 0; i < 8; i++) r.Free(1, 0x1000 + 0x100 * i, release);
  r.Malloc(2, work, 0x9000, 1000).Free(2, 0x9000, work);
  r.Realloc(1, grow, 0x1800, 0x1800, 200).Realloc(1, grow, 0x1800, 0x5000, 400);
  r.Failed(1, parse, 1ull << 50);
  return f;
}

TEST(ReportTest, TotalsAreThoseOfTheEvents) {
  const report::Report r = Program().Report();
  EXPECT_EQ(ScalarText(r, "totals", "allocations"), "13");
  EXPECT_EQ(ScalarText(r, "totals", "allocated_bytes"), "2100");
  EXPECT_EQ(ScalarText(r, "totals", "frees"), "9");
  EXPECT_EQ(ScalarText(r, "totals", "reallocations"), "2");
  EXPECT_EQ(ScalarText(r, "totals", "reallocations_in_place"), "1");
  EXPECT_EQ(ScalarText(r, "totals", "temporary_allocations"), "1");
  EXPECT_EQ(ScalarText(r, "totals", "peak_bytes"), "1100");
  EXPECT_EQ(ScalarText(r, "totals", "peak_blocks"), "3");
  EXPECT_EQ(ScalarText(r, "totals", "leaked_bytes"), "450");
  EXPECT_EQ(ScalarText(r, "totals", "leaked_blocks"), "2");
  EXPECT_EQ(ScalarText(r, "totals", "failed_allocations"), "1");
  EXPECT_EQ(ScalarText(r, "totals", "unknown_frees"), "0");
  EXPECT_EQ(ScalarText(r, "totals", "lost_events"), "0");
  EXPECT_EQ(ScalarText(r, "totals", "threads"), "2");
}

TEST(ReportTest, TheProcessIsTheHeaders) {
  const report::Report r = Program().Report();
  EXPECT_EQ(ScalarText(r, "process", "pid"), "4711");
  EXPECT_EQ(ScalarText(r, "process", "exe"), "/opt/demo/bin/demo");
  EXPECT_EQ(ScalarText(r, "process", "argv"), "demo --all");
  EXPECT_EQ(ScalarText(r, "process", "start"), "2023-11-14T22:13:20Z");
  EXPECT_EQ(ScalarText(r, "process", "ended"), "exit");
  EXPECT_EQ(ScalarText(r, "process", "exit.code"), "0");
  EXPECT_EQ(ScalarText(r, "process", "exit.signal"), "null");
  EXPECT_EQ(ScalarText(r, "process", "complete"), "true");
}

TEST(ReportTest, FunctionsHaveTheirOwnAndWhatIsBelowThem) {
  const report::Report r = Program().Report();
  EXPECT_EQ(CellText(r, "functions", "parse", "self.allocations"), "10");
  EXPECT_EQ(CellText(r, "functions", "parse", "self.leaked_bytes"), "50");
  EXPECT_EQ(CellText(r, "functions", "grow", "self.allocated_bytes"), "600");
  EXPECT_EQ(CellText(r, "functions", "main", "self.allocations"), "0");
  EXPECT_EQ(CellText(r, "functions", "main", "total.allocations"), "12");
  EXPECT_EQ(CellText(r, "functions", "work", "self.temporary_allocations"), "1");
}

TEST(ReportTest, ThreadsHaveTheirShare) {
  const report::Report r = Program().Report();
  EXPECT_EQ(CellText(r, "threads", "4711", "allocations"), "12");
  EXPECT_EQ(CellText(r, "threads", "4712", "allocations"), "1");
  EXPECT_EQ(CellText(r, "threads", "4712", "name"), "worker");
}

TEST(ReportTest, EverySortAndEveryCutAddsUp) {
  for (const std::string& sort : SortKeys()) {
    for (uint64_t top = 0; top < 6; top++) {
      const report::Report r = Program().Report({.sort = sort, .top = top});
      const report::Table& stacks = *report::FindTable(r, "stacks");
      EXPECT_EQ(stacks.rows.size() + stacks.omitted_rows, 3u) << sort << " " << top;
    }
  }
}

TEST(ReportTest, TablesAreSortedByTheKeyAskedFor) {
  const report::Report r = Program().Report({.sort = "peak_bytes", .top = 1});
  EXPECT_EQ(report::FindTable(r, "stacks")->stacks.at(0).front().function, "work");
  EXPECT_EQ(CellText(r, "functions", "work", "self.peak_bytes"), "1000");
}

TEST(ReportTest, AnEmptyTraceIsAnEmptyReport) {
  const report::Report r = FramesByHand().Report();
  EXPECT_EQ(ScalarText(r, "totals", "allocations"), "0");
  EXPECT_EQ(ScalarText(r, "totals", "peak_time_s"), "0.000000");
  EXPECT_TRUE(report::FindTable(r, "stacks")->rows.empty());
}

TEST(ReportTest, AThreadWhoseRecordIsLostStillHasItsRow) {
  const TempDir dir;
  test::BlockBuilder b(9, 1000, 1);
  b.Alloc(b.Define(0, 0x100), 0x1000, 8, 1100);
  const auto r = BuildReport(
      dir.Write("trace.json", test::TraceBuilder().Chunk(b, 0).End(2000).text()), {.top = 0});
  ASSERT_TRUE(r.ok());
  test::CheckConsistency(r.value());
  EXPECT_EQ(report::FindTable(r.value(), "threads")->rows.size(), 1u);
}

TEST(ReportTest, AStackWhoseDefinitionIsLostStillCounts) {
  const TempDir dir;
  test::BlockBuilder b(1, 1000, 1);
  b.Alloc(77, 0x1000, 8, 1100);
  const auto r = BuildReport(
      dir.Write("trace.json",
                test::TraceBuilder().Thread(1, 4711, "main").Chunk(b, 0).End(2000).text()),
      {.top = 0});
  ASSERT_TRUE(r.ok());
  test::CheckConsistency(r.value());
  EXPECT_EQ(report::FindTable(r.value(), "stacks")->rows.size(), 1u);
  EXPECT_EQ(CellText(r.value(), "functions", "[stack lost]", "self.allocations"), "1");
}

TEST(ReportTest, ATraceThatCannotBeReadIsAnError) {
  const auto r = BuildReport("/nonexistent/trace.json", {});
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.status().code(), ErrorCode::kNotFound);
}

TEST(ReportTest, EveryAnalysisOfTheRegistryLeavesSomething) {
  const report::Report r = Program().Report();
  const auto rows = std::count_if(Registry().begin(), Registry().end(),
                                  [](const Analysis& a) { return (a.subjects & kForReport) != 0; });
  // The functions stand where groups would; there is neither a window nor a moment.
  EXPECT_GE(static_cast<ptrdiff_t>(r.groups.size() + r.tables.size()), rows - 3);
}

TEST(ReportTest, KeysAreUniqueAndColumnsMatchTheirRows) {
  const report::Report r = Program().Report();
  for (const report::Table& t : r.tables) {
    EXPECT_EQ(report::FindTable(r, t.key), &t) << t.key;
    for (size_t i = 0; i < t.columns.size(); i++) {
      EXPECT_EQ(report::FindColumn(t, t.columns[i].key), static_cast<int>(i)) << t.key;
    }
  }
  for (const report::ScalarGroup& g : r.groups) {
    for (const report::Scalar& s : g.scalars) {
      EXPECT_EQ(report::FindScalar(g, s.key), &s) << g.key << "." << s.key;
    }
  }
}

}  // namespace
}  // namespace allocprof::analysis
