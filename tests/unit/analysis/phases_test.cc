// SPDX-License-Identifier: Apache-2.0
#include "analysis/phases.h"

#include <gtest/gtest.h>

#include "frames_by_hand.h"

namespace allocprof::analysis {
namespace {

const char* const kLoader = "ld-linux-x86-64.so.2:_dl_start_user";
const char* const kStart = "libc.so.6:__libc_start_main@@GLIBC_2.34";
const char* const kCallMain = "libc.so.6:__libc_start_call_main";

// The phase of the first stack; of several its rows stand in the order told.
std::string PhaseOf(const std::vector<std::vector<std::string>>& stacks) {
  FramesByHand f;
  for (const auto& stack : stacks) f.Malloc(stack);
  const report::Report r = f.Report();
  const report::Table& t = *report::FindTable(r, "stacks");
  return std::get<std::string>(t.rows.at(0)[static_cast<size_t>(report::FindColumn(t, "phase"))]);
}
std::string PhaseOf(const std::vector<std::string>& stack) {
  return PhaseOf(std::vector<std::vector<std::string>>{stack});
}

TEST(PhasesTest, MainAndWhatItCallsIsMain) {
  EXPECT_EQ(PhaseOf({"demo:_start", kStart, kCallMain, "demo:main"}), "main");
  EXPECT_EQ(PhaseOf({"demo:_start", kStart, kCallMain, "demo:main", "demo:parse"}), "main");
}

TEST(PhasesTest, AStrippedProgramsMainIsToldByItsCaller) {
  EXPECT_EQ(PhaseOf({"demo:?", kStart, kCallMain, "demo:?"}), "main");
}

TEST(PhasesTest, AThreadsStackIsMain) {
  EXPECT_EQ(PhaseOf({"libc.so.6:clone3", "libc.so.6:start_thread", "demo:work"}), "main");
}

TEST(PhasesTest, ALibrarysConstructorIsBeforeMain) {
  EXPECT_EQ(PhaseOf({kLoader, "ld-linux-x86-64.so.2:_dl_init", "ld-linux-x86-64.so.2:call_init",
                     "libx.so:construct"}),
            "before main");
}

TEST(PhasesTest, TheProgramsConstructorIsBeforeMain) {
  EXPECT_EQ(PhaseOf({"demo:_start", kStart, "demo:_GLOBAL__sub_I_table"}), "before main");
  EXPECT_EQ(PhaseOf({"demo:_start", kStart, "libc.so.6:call_init", "demo:_GLOBAL__sub_I_table"}),
            "before main");
}

TEST(PhasesTest, ALibraryOpenedInMainIsMain) {
  EXPECT_EQ(PhaseOf({"demo:_start", kStart, kCallMain, "demo:main", "libc.so.6:dlopen",
                     "ld-linux-x86-64.so.2:_dl_open", "ld-linux-x86-64.so.2:_dl_init",
                     "libx.so:construct"}),
            "main");
}

TEST(PhasesTest, ExitsHandlersAreAfterMain) {
  EXPECT_EQ(PhaseOf({"demo:_start", kStart, kCallMain, "libc.so.6:exit",
                     "libc.so.6:__run_exit_handlers", "demo:at_exit"}),
            "after main");
  EXPECT_EQ(PhaseOf({"demo:_start", kStart, kCallMain, "demo:main", "libc.so.6:exit",
                     "libc.so.6:__run_exit_handlers", "demo:at_exit"}),
            "after main");
}

TEST(PhasesTest, StaticDestructorsAreAfterMain) {
  EXPECT_EQ(PhaseOf({"demo:_start", kStart, kCallMain, "libc.so.6:exit",
                     "libc.so.6:__run_exit_handlers", "ld-linux-x86-64.so.2:_dl_fini",
                     "libx.so:__do_global_dtors_aux", "libc.so.6:__cxa_finalize", "libx.so:~T"}),
            "after main");
}

TEST(PhasesTest, AFunctionOfTheProgramNamedExitIsNotLibcs) {
  EXPECT_EQ(PhaseOf({"demo:_start", kStart, kCallMain, "demo:main", "demo:exit"}), "main");
}

const std::vector<std::string> kRust = {"demo:_start", kStart, kCallMain, "demo:main",
                                        "demo:std::rt::lang_start_internal"};
std::vector<std::string> InRust(const std::vector<std::string>& inner) {
  std::vector<std::string> stack = kRust;
  stack.insert(stack.end(), inner.begin(), inner.end());
  return stack;
}

TEST(PhasesTest, OfARustProgramFnMainIsMain) {
  EXPECT_EQ(PhaseOf(InRust({"demo:std::rt::lang_start::{{closure}}",
                            "demo:std::sys::backtrace::__rust_begin_short_backtrace",
                            "demo:demo::main"})),
            "main");
  EXPECT_EQ(PhaseOf(InRust({"demo:std::sys_common::backtrace::__rust_begin_short_backtrace",
                            "demo:demo::main"})),
            "main");
}

TEST(PhasesTest, WhatItsRuntimeSetsUpIsBeforeMain) {
  EXPECT_EQ(PhaseOf(InRust({"demo:std::rt::init"})), "before main");
}

TEST(PhasesTest, WhatItsRuntimeCleansUpIsAfterMain) {
  EXPECT_EQ(PhaseOf(InRust({"demo:std::rt::cleanup"})), "after main");
}

TEST(PhasesTest, ARustThreadIsMain) {
  EXPECT_EQ(PhaseOf({"libc.so.6:start_thread",
                     "demo:std::sys::pal::unix::thread::Thread::new::thread_start",
                     "demo:std::sys::backtrace::__rust_begin_short_backtrace", "demo:demo::work"}),
            "main");
}

TEST(PhasesTest, AStackOfNothingKnownIsMain) { EXPECT_EQ(PhaseOf({"demo:?"}), "main"); }

TEST(PhasesTest, ThePhasesTableHoldsEveryAllocation) {
  FramesByHand f;
  f.Malloc({kLoader, "libx.so:construct"}, 10);
  f.Malloc({"demo:_start", kStart, kCallMain, "demo:main"}, 20);
  f.Malloc({"demo:_start", kStart, kCallMain, "demo:main", "demo:parse"}, 30);
  f.Malloc({"demo:_start", kStart, kCallMain, "libc.so.6:exit", "demo:at_exit"}, 40);
  const report::Report r = f.Report();
  EXPECT_EQ(CellText(r, "phases", "before main", "allocations"), "1");
  EXPECT_EQ(CellText(r, "phases", "main", "allocations"), "2");
  EXPECT_EQ(CellText(r, "phases", "main", "allocated_bytes"), "50");
  EXPECT_EQ(CellText(r, "phases", "after main", "leaked_bytes"), "40");
  EXPECT_EQ(ScalarText(r, "totals", "before_main_allocations"), "1");
  EXPECT_EQ(ScalarText(r, "totals", "after_main_allocations"), "1");
}

}  // namespace
}  // namespace allocprof::analysis
