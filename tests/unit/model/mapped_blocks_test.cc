// SPDX-License-Identifier: Apache-2.0
#include "model/mapped_blocks.h"

#include <gtest/gtest.h>

#include "observed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

const Stack kAt = {0x10};

TEST(MappedBlocksTest, FromTheThresholdOn) {
  Recording r;
  r.Malloc(1, kAt, 0x100000, 131072 - 9 - 16).Malloc(1, kAt, 0x200000, 131072);
  const Observed<MappedBlocks> o(r);
  EXPECT_EQ(o->blocks(), 1u);
  EXPECT_EQ(o->peak_bytes(), 131072u + 4096);
}

TEST(MappedBlocksTest, FreeingOneRaisesTheThreshold) {
  Recording r;
  r.Malloc(1, kAt, 0x100000, 1000000).Free(1, 0x100000).Malloc(1, kAt, 0x100000, 900000);
  const Observed<MappedBlocks> o(r);
  EXPECT_EQ(o->blocks(), 1u);
  EXPECT_EQ(o->threshold(), 1003520u);
}

TEST(MappedBlocksTest, OneBeyond32MiBDoesNot) {
  Recording r;
  r.Malloc(1, kAt, 0x100000, 40u << 20).Free(1, 0x100000).Malloc(1, kAt, 0x100000, 200000);
  const Observed<MappedBlocks> o(r);
  EXPECT_EQ(o->blocks(), 2u);
  EXPECT_EQ(o->threshold(), 131072u);
}

TEST(MappedBlocksTest, AReallocLeavesItMapped) {
  Recording r;
  r.Malloc(1, kAt, 0x100000, 1000)
      .Realloc(1, kAt, 0x100000, 0x200000, 200000)
      .Realloc(1, kAt, 0x200000, 0x300000, 400000)
      .Realloc(1, kAt, 0x300000, 0x300000, 1000);
  const Observed<MappedBlocks> o(r);
  EXPECT_EQ(o->blocks(), 1u);
  EXPECT_EQ(o->peak_bytes(), 401408u);
}

TEST(MappedBlocksTest, OneThatGrowsInPlaceWasNot) {
  Recording r;
  r.Malloc(1, kAt, 0x100000, 1000).Realloc(1, kAt, 0x100000, 0x100000, 200000);
  EXPECT_EQ(Observed<MappedBlocks>(r)->blocks(), 0u);
}

TEST(MappedBlocksTest, AHostileSizeDoesNoHarm) {
  Recording r;
  r.Malloc(1, kAt, 0x100000, UINT64_MAX).Malloc(1, kAt, 0x200000, UINT64_MAX - 7).Free(1, 0x100000);
  EXPECT_EQ(Observed<MappedBlocks>(r)->blocks(), 2u);
}

}  // namespace
}  // namespace allocprof::model
