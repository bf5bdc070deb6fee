// SPDX-License-Identifier: Apache-2.0
//
// For which function a stack is counted.
#include <gtest/gtest.h>

#include "frames_by_hand.h"

namespace allocprof::analysis {
namespace {

// The one function that has allocations of its own.
std::string CallSiteOf(const std::vector<std::string>& frames) {
  FramesByHand f;
  f.Malloc(frames);
  const report::Report r = f.Report();
  const report::Table& t = *report::FindTable(r, "functions");
  const auto self = static_cast<size_t>(report::FindColumn(t, "self.allocations"));
  std::string site;
  for (const auto& row : t.rows) {
    if (std::get<uint64_t>(row[self]) != 0) site += std::get<std::string>(row[0]);
  }
  return site;
}

TEST(CallSiteTest, IsTheInnermostFrameOutsideThePlumbing) {
  EXPECT_EQ(CallSiteOf({"demo:main", "demo:parse", "libc.so.6:strdup", "libc.so.6:malloc"}),
            "parse");
}

TEST(CallSiteTest, IsTheFirstFrameOutsideTheStandardLibrary) {
  EXPECT_EQ(CallSiteOf({"demo:main", "demo:parse", "demo:std::vector::push_back",
                        "demo:std::vector::_M_realloc_insert", "libstdc++.so.6:operator new"}),
            "parse");
  EXPECT_EQ(CallSiteOf({"demo:demo::main", "demo:alloc::vec::Vec::push", "demo:__rust_alloc"}),
            "demo::main");
}

TEST(CallSiteTest, InALibraryThatOnlyTheSystemCalledItIsTheInnermostThatIsNotPlumbing) {
  EXPECT_EQ(CallSiteOf({"ld-linux-x86-64.so.2:_dl_start_user", "libstdc++.so.6:pool_init",
                        "libc.so.6:malloc"}),
            "pool_init");
}

TEST(CallSiteTest, OfNothingButPlumbingItIsTheInnermost) {
  EXPECT_EQ(CallSiteOf({"ld-linux-x86-64.so.2:_dl_init", "libc.so.6:__libc_early_init"}),
            "__libc_early_init");
}

TEST(CallSiteTest, AFunctionWithoutASymbolIsNamedByItsModule) {
  EXPECT_EQ(CallSiteOf({"demo:main", "libx.so:?", "libc.so.6:malloc"}), "?? in libx.so");
}

TEST(CallSiteTest, ARecursiveFunctionCountsOnceAStack) {
  FramesByHand f;
  f.Malloc({"demo:main", "demo:walk", "demo:walk", "demo:walk"}, 70);
  const report::Report r = f.Report();
  EXPECT_EQ(CellText(r, "functions", "walk", "total.allocations"), "1");
  EXPECT_EQ(CellText(r, "functions", "walk", "total.allocated_bytes"), "70");
  EXPECT_EQ(CellText(r, "functions", "main", "self.allocations"), "0");
  EXPECT_EQ(CellText(r, "functions", "main", "total.allocations"), "1");
}

TEST(CallSiteTest, StacksShowInnermostFirstAndMarkThePlumbing) {
  FramesByHand f;
  f.Malloc({"demo:main", "demo:parse", "libc.so.6:malloc"});
  const report::Report r = f.Report();
  const auto& stack = report::FindTable(r, "stacks")->stacks.at(0);
  ASSERT_EQ(stack.size(), 3u);
  EXPECT_EQ(stack[0].function, "malloc");
  EXPECT_TRUE(stack[0].plumbing);
  EXPECT_EQ(stack[0].module, "libc.so.6");
  EXPECT_EQ(stack[1].function, "parse");
  EXPECT_FALSE(stack[1].plumbing);
  EXPECT_EQ(stack[1].frame_bytes, 32u);
  EXPECT_EQ(stack[2].function, "main");
}

}  // namespace
}  // namespace allocprof::analysis
