// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "frames_by_hand.h"

namespace allocprof::analysis {
namespace {

uint64_t RuntimeBytes(const std::vector<std::string>& frames, uint64_t size) {
  FramesByHand f;
  f.Malloc(frames, size);
  return std::stoull(ScalarText(f.Report(), "totals", "runtime_bytes"));
}

TEST(RuntimeBlocksTest, TheExceptionPoolIsTheRuntimes) {
  EXPECT_EQ(RuntimeBytes({"ld-linux-x86-64.so.2:_dl_init", "libstdc++.so.6:?", "libc.so.6:malloc"},
                         72704),
            72704u);
}

TEST(RuntimeBlocksTest, AnotherSizeOfLibstdcxxIsALeak) {
  EXPECT_EQ(RuntimeBytes({"ld-linux-x86-64.so.2:_dl_init", "libstdc++.so.6:?", "libc.so.6:malloc"},
                         72705),
            0u);
}

TEST(RuntimeBlocksTest, StdoutsBufferIsTheRuntimes) {
  EXPECT_EQ(RuntimeBytes({"demo:main", "libc.so.6:printf", "libc.so.6:_IO_file_doallocate",
                          "libc.so.6:malloc"},
                         1024),
            1024u);
}

TEST(RuntimeBlocksTest, AFunctionOfTheProgramOfThatNameIsTheProgramsOwn) {
  EXPECT_EQ(RuntimeBytes({"demo:main", "demo:_IO_file_doallocate", "libc.so.6:malloc"}, 1024), 0u);
}

TEST(RuntimeBlocksTest, WhatUserCodeBelowTheRuntimeAllocatesIsTheUsers) {
  EXPECT_EQ(RuntimeBytes({"demo:std::rt::init", "demo:user_callback", "libc.so.6:malloc"}, 64), 0u);
  EXPECT_EQ(RuntimeBytes({"demo:std::rt::init", "demo:__rust_alloc", "libc.so.6:malloc"}, 64), 64u);
}

TEST(RuntimeBlocksTest, TheyAreNoLeaks) {
  FramesByHand f;
  f.Malloc({"demo:main", "libc.so.6:_IO_file_doallocate"}, 1024);
  f.Malloc({"demo:main", "demo:parse"}, 7);
  const report::Report r = f.Report();
  EXPECT_EQ(ScalarText(r, "totals", "leaked_bytes"), "7");
  EXPECT_EQ(ScalarText(r, "totals", "leaked_blocks"), "1");
  EXPECT_EQ(ScalarText(r, "totals", "runtime_blocks"), "1");
  EXPECT_EQ(CellText(r, "runtime", "stdio: buffers of stdin, stdout and stderr", "bytes"), "1024");
}

TEST(RuntimeBlocksTest, WhatTheRuntimeFreesIsNotInTheTable) {
  FramesByHand f;
  f.Malloc({"demo:main", "libc.so.6:_IO_file_doallocate"}, 1024);
  f.recording.Free(1, 0x10000);
  const report::Report r = f.Report();
  EXPECT_TRUE(report::FindTable(r, "runtime")->rows.empty());
}

}  // namespace
}  // namespace allocprof::analysis
