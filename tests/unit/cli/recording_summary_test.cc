// SPDX-License-Identifier: Apache-2.0
#include "recording_summary.h"

#include <gtest/gtest.h>

#include <csignal>

namespace allocprof::cli {
namespace {

TEST(RecordingSummary, OneProcess) {
  EXPECT_EQ(
      RecordingSummary({{"trace.json", 7, "app", 1}}, {}),
      "recorded 1 allocation in app (pid 7) to trace.json; next: allocprof report trace.json");
}

TEST(RecordingSummary, ManyProcesses) {
  EXPECT_EQ(RecordingSummary({{"my trace.json", 7, "make", 1000},
                              {"t.8.json", 8, "cc", 200},
                              {"t.8.2.json", 8, "cc1", 34}},
                             {}),
            "recorded 1,000 allocations in make (pid 7) to 'my trace.json'; with what it started 2 "
            "processes, 1,234 allocations; next: allocprof report --tree 'my trace.json'");
}

TEST(RecordingSummary, OneProcessOfSeveralPrograms) {
  EXPECT_EQ(RecordingSummary({{"t.json", 8, "sh", 30}, {"t.8.json", 8, "app", 4}}, {}),
            "recorded 30 allocations in sh (pid 8) to t.json; with what it started 2 programs, 34 "
            "allocations; next: allocprof report --tree t.json");
}

TEST(RecordingSummary, WhatIsNotKnownIsAtLeast) {
  ChildEnd killed;
  killed.signal = SIGKILL;
  EXPECT_EQ(
      RecordingSummary({{"t.json", 7, "app", {}}, {"t.8.json", 8, "app", 5}}, killed),
      "recorded app (pid 7) to t.json until signal 9 (Killed) killed it; with what it started "
      "2 processes, at least 5 allocations; next: allocprof report --tree t.json");
}

TEST(RecordingSummary, WhoRunsAndWhoHasItsOwnMalloc) {
  std::vector<RecordedTrace> traces = {{"t.json", 1, "rustup", 9}};
  for (uint64_t pid = 2; pid < 7; pid++) {
    traces.push_back({"t", pid, "d", 1, true});
  }
  traces.push_back({"t", 7, "rustc", 0, false, true});
  EXPECT_EQ(RecordingSummary(traces, {}),
            "recorded 9 allocations in rustup (pid 1) to t.json; with what it started 7 processes, "
            "14 allocations; nothing of rustc (pid 7), with a malloc of its own: see allocprof "
            "doctor; d (pid 2), d (pid 3), d (pid 4) and 2 more still run and record on; next: "
            "allocprof report --tree t.json");
}

}  // namespace
}  // namespace allocprof::cli
