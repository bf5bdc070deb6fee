// SPDX-License-Identifier: Apache-2.0
#include "model/batch_queue.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include "model/block_replay.h"
#include "support/recording.h"

namespace allocprof::model {
namespace {

class BatchQueueTest : public testing::TestWithParam<bool> {};

TEST_P(BatchQueueTest, BatchesAreTakenInOrderAndComeBackEmpty) {
  std::vector<uint32_t> taken;
  BatchQueue queue([&](BlockBatch* batch) { taken.push_back(batch->new_threads.at(0)); },
                   GetParam());
  for (uint32_t i = 0; i < 1000; i++) {
    ASSERT_TRUE(queue.batch().empty());
    queue.batch().new_threads.push_back(i);
    queue.Submit();
    // One, a few, many at once.
    if (i % 97 == 0) {
      queue.Drain();
      ASSERT_EQ(taken.size(), i + 1);
    }
  }
  queue.Drain();
  ASSERT_EQ(taken.size(), 1000u);
  for (uint32_t i = 0; i < 1000; i++) ASSERT_EQ(taken[i], i);
}

TEST_P(BatchQueueTest, WhatTheTakerThrowsIsThrownToWhoSubmits) {
  int taken = 0;
  BatchQueue queue(
      [&](BlockBatch*) {
        if (++taken == 3) throw std::length_error("too many");
      },
      GetParam());
  const auto submit_many = [&] {
    for (int i = 0; i < 100; i++) queue.Submit();
    queue.Drain();
  };
  EXPECT_THROW(submit_many(), std::length_error);
}

TEST_P(BatchQueueTest, ItEndsThoughNobodyDrainsIt) {
  int taken = 0;
  {
    BatchQueue queue([&](BlockBatch*) { taken++; }, GetParam());
    for (int i = 0; i < 5; i++) queue.Submit();
  }
  EXPECT_LE(taken, 5);
}

INSTANTIATE_TEST_SUITE_P(Threads, BatchQueueTest, testing::Bool());

TEST(BatchQueueTest, ObserversAreCalledByAThreadOfTheirOwnUntilTheEnd) {
  struct Where : Observer {
    std::vector<std::thread::id> defined, told, finished;
    void OnDefine(const StackDefinition&) override {
      defined.push_back(std::this_thread::get_id());
    }
    void OnEvents(const BlockEvent*, const BlockEvent*) override {
      told.push_back(std::this_thread::get_id());
    }
    void Finish(const ReplayEnd&, const std::vector<Block>& live, Profile*) override {
      finished.push_back(std::this_thread::get_id());
      EXPECT_EQ(live.size(), 3000u);
    }
  } where;
  test::Recording r;
  for (uint64_t i = 0; i < 3000; i++) r.Malloc(1, {0x100}, 0x1000 + 16 * i, i);
  const auto trace = r.Load();
  StackTree stacks;
  Profile profile;
  BlockReplay replay(*trace, &stacks, {}, {}, true);
  replay.Observe(&where);
  trace::Replay(*trace, &replay);
  replay.Finish(&profile);
  ASSERT_FALSE(where.defined.empty());
  ASSERT_GE(where.told.size(), 6u);
  for (const auto id : where.told) EXPECT_EQ(id, where.defined[0]);
  EXPECT_NE(where.told[0], std::this_thread::get_id());
  EXPECT_EQ(where.finished, std::vector{std::this_thread::get_id()});
}

}  // namespace
}  // namespace allocprof::model
