// SPDX-License-Identifier: Apache-2.0
#include "model/pools.h"

#include <gtest/gtest.h>

#include "observed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using wire::PoolOp;

TEST(PoolsTest, BlocksAreGivenTakenBackAndReset) {
  Recording r;
  r.Name(1, "nodes").Name(2, "strings");
  r.Malloc(1, {0x100}, 0x1000, 4096);
  r.Pool(1, PoolOp::kAlloc, 1, 0x1000, 32).Pool(1, PoolOp::kAlloc, 1, 0x1020, 64);
  r.Pool(1, PoolOp::kFree, 1, 0x1000).Pool(1, PoolOp::kFree, 1, 0x1000);
  r.Pool(2, PoolOp::kAlloc, 2, 0x5000, 8).Pool(1, PoolOp::kAlloc, 1, 0x1000, 16);
  r.Pool(1, PoolOp::kReset, 1).Pool(1, PoolOp::kAlloc, 1, 0x1000, 1);
  const Observed<Pools> observed(r);
  const PoolTotals& nodes = observed->pools().at("nodes");
  EXPECT_EQ(nodes.allocations, 4u);
  EXPECT_EQ(nodes.allocated_bytes, 113u);
  EXPECT_EQ(nodes.frees, 2u);
  EXPECT_EQ(nodes.unknown_frees, 1u);
  EXPECT_EQ(nodes.resets, 1u);
  EXPECT_EQ(nodes.reset_blocks, 2u);
  EXPECT_EQ(nodes.live_bytes, 1u);
  EXPECT_EQ(nodes.live_blocks, 1u);
  EXPECT_EQ(nodes.peak_bytes, 96u);
  EXPECT_EQ(nodes.peak_blocks, 2u);
  EXPECT_EQ(observed->pools().at("strings").live_bytes, 8u);
}

TEST(PoolsTest, AnAddressGivenTwiceIsOneBlock) {
  Recording r;
  r.Pool(1, PoolOp::kAlloc, 7, 0x1000, 32).Pool(1, PoolOp::kAlloc, 7, 0x1000, 8);
  const Observed<Pools> observed(r);
  const PoolTotals& pool = observed->pools().at("pool 7");
  EXPECT_EQ(pool.live_blocks, 1u);
  EXPECT_EQ(pool.live_bytes, 8u);
  EXPECT_EQ(pool.peak_bytes, 32u);
}

}  // namespace
}  // namespace allocprof::model
