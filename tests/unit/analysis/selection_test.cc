// SPDX-License-Identifier: Apache-2.0
//
// Filters and groups: what is shown and what is left out add up to the whole.
#include "analysis/selection.h"

#include <gtest/gtest.h>

#include "frames_by_hand.h"
#include "support/temp_dir.h"

namespace allocprof::analysis {
namespace {

FramesByHand Program() {
  FramesByHand f;
  test::Recording& r = f.recording;
  const test::Stack parse = f.Stack({"demo:main", "demo:parse", "libfoo.so.1:grow"});
  const test::Stack print = f.Stack({"demo:main", "demo:print"});
  const test::Stack early = f.Stack({"ld-linux-x86-64.so.2:_dl_init", "demo:setup"});
  for (uint64_t i = 0; i < 5; i++) r.Malloc(1, parse, 0x1000 + 0x100 * i, 100);
  for (uint64_t i = 0; i < 3; i++) r.Malloc(2, parse, 0x8000 + 0x100 * i, 10);
  for (uint64_t i = 0; i < 3; i++) r.Free(1, 0x8000 + 0x100 * i, print);
  r.Malloc(1, print, 0x9000, 1000).Free(1, 0x9000, print);
  r.Malloc(1, early, 0xa000, 7);
  return f;
}

report::Report With(Filters filters) { return Program().Report({.top = 0, .filters = filters}); }

TEST(SelectionTest, WithoutAFilterTheWholeIsShown) {
  const report::Report r = With({});
  EXPECT_EQ(ScalarText(r, "selection", "filters"), "");
  EXPECT_EQ(ScalarText(r, "selection", "whole.allocations"), "10");
  EXPECT_EQ(ScalarText(r, "selection", "left_out.allocations"), "0");
}

TEST(SelectionTest, ByFunctionAnywhereInTheStack) {
  const report::Report r = With({.functions = {"^parse$"}});
  EXPECT_EQ(ScalarText(r, "totals", "allocations"), "8");
  EXPECT_EQ(ScalarText(r, "totals", "frees"), "3");
  EXPECT_EQ(ScalarText(r, "totals", "leaked_bytes"), "500");
  EXPECT_EQ(ScalarText(r, "selection", "left_out.allocations"), "2");
  EXPECT_EQ(ScalarText(r, "selection", "whole.allocated_bytes"), "1537");
  EXPECT_EQ(ScalarText(r, "selection", "text"),
            "8 of 10 allocations, 530 B of 1.5 KiB, 500 B of 1.5 KiB at the peak");
}

TEST(SelectionTest, ByModuleAndThreadTogether) {
  EXPECT_EQ(ScalarText(With({.modules = {"libfoo*"}}), "totals", "allocations"), "8");
  EXPECT_EQ(ScalarText(With({.threads = {"worker"}}), "totals", "allocations"), "3");
  EXPECT_EQ(ScalarText(With({.threads = {"4712"}}), "totals", "allocations"), "3");
  EXPECT_EQ(ScalarText(With({.threads = {"worker", "4711"}}), "totals", "allocations"), "10");
  const report::Report r = With({.modules = {"libfoo*"}, .threads = {"worker"}});
  EXPECT_EQ(ScalarText(r, "totals", "allocations"), "3");
  EXPECT_EQ(report::FindTable(r, "threads")->rows.size(), 1u);
  EXPECT_EQ(CellText(r, "threads", "4712", "allocations"), "3");
}

TEST(SelectionTest, ByPhase) {
  EXPECT_EQ(ScalarText(With({.phase = Phase::kBeforeMain}), "totals", "allocations"), "1");
  EXPECT_EQ(ScalarText(With({.phase = Phase::kMain}), "totals", "allocations"), "9");
}

TEST(SelectionTest, ANothingSaysWhichFilterIsAtFault) {
  const report::Report r = With({.functions = {"nowhere"}, .threads = {"worker"}});
  EXPECT_EQ(ScalarText(r, "totals", "allocations"), "0");
  ASSERT_EQ(r.notes.size(), 1u);
  EXPECT_EQ(r.notes[0],
            "No allocation matches --function 'nowhere' and --thread 'worker'; alone, --function "
            "'nowhere' matches 0, --thread 'worker' matches 3.");
}

TEST(SelectionTest, AFaultyExpressionIsAnErrorBeforeTheTraceIsRead) {
  const auto r = BuildReport("/nonexistent", {.filters = {.functions = {"a", "b["}}});
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.status().code(), ErrorCode::kUsage);
  EXPECT_EQ(r.status().message(),
            "--function 'b[': missing terminating ] for character class at character 3");
}

TEST(SelectionTest, AStackOfTwoThreadsIsOneRow) {
  const report::Report r = With({.functions = {"parse"}});
  const report::Table& stacks = *report::FindTable(r, "stacks");
  ASSERT_EQ(stacks.rows.size(), 1u);
  EXPECT_EQ(std::get<uint64_t>(stacks.rows[0][0]), 8u);
}

TEST(GroupsTest, ByModuleThreadAndSize) {
  const report::Report modules = Program().Report({.top = 0, .group_by = "module"});
  EXPECT_EQ(CellText(modules, "groups", "libfoo.so.1", "self.allocations"), "8");
  EXPECT_EQ(CellText(modules, "groups", "demo", "self.allocations"), "2");
  EXPECT_EQ(CellText(modules, "groups", "demo", "total.allocations"), "10");
  const report::Report threads = Program().Report({.top = 0, .group_by = "thread"});
  EXPECT_EQ(CellText(threads, "groups", "worker (4712)", "self.allocations"), "3");
  const report::Report sizes = Program().Report({.top = 0, .group_by = "size"});
  EXPECT_EQ(CellText(sizes, "groups", "65 B to 128 B", "self.allocations"), "5");
  EXPECT_EQ(CellText(sizes, "groups", "9 B to 16 B", "self.allocated_bytes"), "30");
  EXPECT_EQ(CellText(sizes, "groups", "1 B to 8 B", "self.leaked_bytes"), "7");
}

TEST(GroupsTest, AreFilteredAndCutLikeEveryList) {
  const report::Report r =
      Program().Report({.top = 1, .group_by = "size", .filters = {.threads = {"4711"}}});
  const report::Table& groups = *report::FindTable(r, "groups");
  ASSERT_EQ(groups.rows.size(), 1u);
  EXPECT_EQ(std::get<uint64_t>(groups.rows[0][1]), 5u);
  EXPECT_EQ(groups.omitted_rows, 2u);
  EXPECT_EQ(std::get<uint64_t>(groups.omitted[1]), 2u);
}

TEST(MinTest, RowsBelowAShareAreCutAndSummed) {
  const report::Report r =
      Program().Report({.sort = "allocated_bytes", .top = 0, .min = {50, true}});
  const report::Table& stacks = *report::FindTable(r, "stacks");
  ASSERT_EQ(stacks.rows.size(), 1u);
  EXPECT_EQ(std::get<uint64_t>(stacks.rows[0][1]), 1000u);
  EXPECT_EQ(stacks.omitted_rows, 2u);
  EXPECT_EQ(std::get<uint64_t>(stacks.omitted[1]), 537u);
}

}  // namespace
}  // namespace allocprof::analysis
