// SPDX-License-Identifier: Apache-2.0
#include "model/slack.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>

#include "observed.h"

namespace allocprof::model {
namespace {

TEST(SlackTest, TheRuleIsThatOfThisMachinesGlibc) {
  // Below the threshold from which blocks are mapped, and well above it. A freed neighbour that is
  // too small to be left over is given along: at most 16 bytes more.
  for (size_t size = 1; size < 4000; size++) {
    void* block = std::malloc(size);
    const size_t usable = malloc_usable_size(block);
    std::free(block);
    ASSERT_LE(GlibcUsable(size), usable) << size;
    ASSERT_LE(usable, GlibcUsable(size) + 16) << size;
  }
}

TEST(SlackTest, KnownValues) {
  EXPECT_EQ(GlibcUsable(0), 24u);
  EXPECT_EQ(GlibcUsable(24), 24u);
  EXPECT_EQ(GlibcUsable(25), 40u);
  EXPECT_EQ(GlibcUsable(40), 40u);
  EXPECT_EQ(GlibcUsable(41), 56u);
  EXPECT_EQ(GlibcUsable(128 * 1024), 132u * 1024 + 0 - 16);
  EXPECT_EQ(GlibcUsable(UINT64_MAX), UINT64_MAX);
}

TEST(SlackTest, EachAllocationCounts) {
  test::Recording r;
  r.Malloc(1, {0x100}, 0x1000, 1).Free(1, 0x1000).Malloc(1, {0x100}, 0x1000, 24);
  r.Malloc(1, {0x200}, 0x2000, 25);
  r.Block(1).Cost(70, 56);
  const Observed<Slack> o(r);
  ASSERT_EQ(o->sites().size(), 2u);
  EXPECT_EQ(o->sites()[0].bytes, 23u);
  EXPECT_EQ(o->sites()[0].sampled, 0u);
  EXPECT_EQ(o->sites()[1].bytes, 15u);
  EXPECT_EQ(o->sites()[1].sampled, 1u);
  EXPECT_EQ(o->sites()[1].sampled_bytes, 31u);
}

}  // namespace
}  // namespace allocprof::model
