// SPDX-License-Identifier: Apache-2.0
#include "wire/spool.h"

#include <gtest/gtest.h>
#include <stddef.h>

namespace allocprof::wire {
namespace {

TEST(SpoolLayoutTest, TheFirstRingStandsBehindTheHeaderPageAndTheModuleLog) {
  EXPECT_EQ(RingOffset(65536, 0), 4096u + 65536u);
}

TEST(SpoolLayoutTest, ARingIsAHeaderPageAndItsBlocks) {
  EXPECT_EQ(RingOffset(65536, 1) - RingOffset(65536, 0), 4096u + 65536u);
  EXPECT_EQ(RingOffset(16384, 3), 4096u + 65536u + 3 * (4096u + 16384u));
}

TEST(SpoolLayoutTest, OffsetsOfManyLargeRingsDoNotOverflow) {
  EXPECT_EQ(RingOffset(1u << 20, 100000), 4096u + 65536u + 100000ull * (4096 + (1 << 20)));
}

// A spool outlives the program that wrote it: fields are appended, never moved.
TEST(SpoolLayoutTest, FieldsStayWhereTheyAre) {
  EXPECT_EQ(offsetof(SpoolHeader, version), 8u);
  EXPECT_EQ(offsetof(SpoolHeader, ring_bytes), 12u);
  EXPECT_EQ(offsetof(SpoolHeader, pid), 16u);
  EXPECT_EQ(offsetof(SpoolHeader, ring_count), 20u);
  EXPECT_EQ(offsetof(SpoolHeader, start_ticks), 24u);
  EXPECT_EQ(offsetof(SpoolHeader, trace_offset), 48u);
  EXPECT_EQ(offsetof(SpoolHeader, module_log_used), 56u);
  EXPECT_EQ(offsetof(SpoolHeader, end_stamp), 64u);
  EXPECT_EQ(offsetof(SpoolHeader, ending), 72u);
  EXPECT_EQ(offsetof(SpoolHeader, exit_status), 76u);
  EXPECT_EQ(offsetof(SpoolHeader, window), 84u);
  EXPECT_EQ(offsetof(SpoolHeader, lost), 176u);
  EXPECT_EQ(offsetof(RingHeader, head), 0u);
  EXPECT_EQ(offsetof(RingHeader, tail), 8u);
  EXPECT_EQ(offsetof(RingHeader, used), 16u);
  EXPECT_EQ(offsetof(RingHeader, claim), 32u);
  EXPECT_EQ(offsetof(RingHeader, thread), 36u);
  EXPECT_EQ(offsetof(RingHeader, name), 48u);
  EXPECT_EQ(offsetof(RingHeader, depth_max), 80u);
}

TEST(SpoolLayoutTest, EveryLossHasItsName) {
  EXPECT_STREQ(kLostNames[static_cast<int>(Lost::kNoRing)], "no_ring");
  EXPECT_STREQ(kLostNames[static_cast<int>(Lost::kNested)], "nested");
  EXPECT_STREQ(kLostNames[static_cast<int>(Lost::kWindow)], "window");
  EXPECT_STREQ(kLostNames[static_cast<int>(Lost::kStarting)], "starting");
  EXPECT_STREQ(kLostNames[static_cast<int>(Lost::kMaxSize)], "max_size");
}

}  // namespace
}  // namespace allocprof::wire
