// SPDX-License-Identifier: Apache-2.0
//
// The tree command's table, and what the other commands show beside it.
#include "analysis/call_tree.h"

#include <gtest/gtest.h>

#include "frames_by_hand.h"

namespace allocprof::analysis {
namespace {

FramesByHand Program() {
  FramesByHand f;
  const std::vector<std::string> read = {"libc.so.6:__libc_start_main", "demo:main", "demo:read",
                                         "demo:read", "libc.so.6:malloc"};
  const std::vector<std::string> parse = {"libc.so.6:__libc_start_main", "demo:main", "demo:read",
                                          "demo:parse", "libc.so.6:malloc"};
  for (int i = 0; i < 6; i++) f.Malloc(read, 10);
  for (int i = 0; i < 3; i++) f.Malloc(parse, 100);
  f.Malloc({"libc.so.6:__libc_start_main", "demo:main", "libc.so.6:strdup"}, 1);
  return f;
}

std::string Shape(const report::Report& r) {
  const report::Table& t = *report::FindTable(r, "tree");
  const auto total = static_cast<size_t>(report::FindColumn(t, "total.allocations"));
  const auto self = static_cast<size_t>(report::FindColumn(t, "self.allocations"));
  std::string out;
  for (const auto& row : t.rows) {
    out.append(std::get<uint64_t>(row[0]), ' ');
    const auto* name = std::get_if<std::string>(&row[1]);
    out += name != nullptr ? *name : "+" + std::to_string(std::get<uint64_t>(row[5]));
    out += " " + std::to_string(std::get<uint64_t>(row[total])) + "/" +
           std::to_string(std::get<uint64_t>(row[self])) + "\n";
  }
  return out;
}

report::Report Tree(FramesByHand f, ReportOptions options) {
  options.subject = Subject::kTree;
  return f.Report(options);
}

TEST(CallTreeTest, FromMainDownWithoutPlumbingAndDirectRecursion) {
  EXPECT_EQ(Shape(Tree(Program(), {.top = 0})),
            "main 10/1\n"
            " read 9/6\n"
            "  parse 3/3\n");
}

TEST(CallTreeTest, InvertedItBeginsAtTheCallSites) {
  EXPECT_EQ(Shape(Tree(Program(), {.top = 0, .inverted = true})),
            "read 6/0\n"
            " main 6/6\n"
            "parse 3/0\n"
            " read 3/0\n"
            "  main 3/3\n"
            "main 1/1\n");
}

TEST(CallTreeTest, WithPlumbingItIsTheWholeStack) {
  const std::string shape = Shape(Tree(Program(), {.top = 0, .plumbing = true}));
  EXPECT_NE(shape.find("   read 6/0\n    malloc 6/6\n"), std::string::npos) << shape;
  EXPECT_EQ(shape.find("__libc_start_main 10/0\n main 10/0\n"), 0u) << shape;
}

TEST(CallTreeTest, SmallBranchesAreSummedAsTheRest) {
  EXPECT_EQ(Shape(Tree(Program(), {.top = 0, .min = {50, true}})),
            "main 10/1\n"
            " read 9/6\n"
            "  +1 3/0\n");
  EXPECT_EQ(Shape(Tree(Program(), {.top = 1, .inverted = true})),
            "read 6/0\n"
            " main 6/6\n"
            "+2 4/0\n");
}

TEST(CallTreeTest, TheMetricOrdersAndCuts) {
  EXPECT_EQ(Shape(Tree(Program(),
                       {.sort = "allocated_bytes", .top = 0, .min = {50, true}, .inverted = true})),
            "parse 3/0\n"
            " read 3/0\n"
            "  main 3/3\n"
            "+2 7/0\n");
}

TEST(CallTreeTest, OfNothingThereIsNoTree) {
  const report::Report r = Tree(Program(), {.sort = "temporary_allocations", .top = 0});
  EXPECT_EQ(Shape(r), "+1 10/0\n");
  ASSERT_FALSE(r.notes.empty());
  EXPECT_EQ(r.notes[0], "There is nothing to show: temporary_allocations is 0.");
}

TEST(LeaksTest, AreListedByStackWithTheirBirths) {
  FramesByHand f = Program();
  f.recording.Free(1, 0x10000);
  const report::Report r = f.Report({.subject = Subject::kLeaks, .sort = "leaked_bytes", .top = 2});
  const report::Table& t = *report::FindTable(r, "leaks");
  ASSERT_EQ(t.rows.size(), 2u);
  EXPECT_EQ(std::get<uint64_t>(t.rows[0][0]), 300u);
  EXPECT_EQ(std::get<uint64_t>(t.rows[1][0]), 50u);
  EXPECT_EQ(std::get<uint64_t>(t.rows[1][1]), 5u);
  EXPECT_EQ(std::get<uint64_t>(t.rows[1][2]), 6u);
  EXPECT_LT(std::get<double>(t.rows[1][5]), std::get<double>(t.rows[1][6]));
  EXPECT_EQ(t.omitted_rows, 1u);
  EXPECT_EQ(ScalarText(r, "totals", "leaked_bytes"), "351");
}

TEST(IntervalsTest, SumToTheTotals) {
  for (const uint64_t intervals : {0, 1, 7, 1000}) {
    const report::Report r =
        Program().Report({.subject = Subject::kTimeline, .intervals = intervals});
    const report::Table& t = *report::FindTable(r, "intervals");
    uint64_t allocations = 0, bytes = 0;
    double until = 0;
    for (const auto& row : t.rows) {
      EXPECT_EQ(std::get<double>(row[0]), until);
      until = std::get<double>(row[1]);
      allocations += std::get<uint64_t>(row[2]);
      bytes += std::get<uint64_t>(row[3]);
    }
    EXPECT_EQ(allocations, 10u) << intervals;
    EXPECT_EQ(bytes, 361u) << intervals;
  }
}

}  // namespace
}  // namespace allocprof::analysis
