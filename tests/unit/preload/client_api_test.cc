// SPDX-License-Identifier: Apache-2.0
//
// The two sides of what a recorded program calls: the installed header, which must stand alone, and
// the recorder's.
#include "client_api.h"

#include <allocprof/allocprof.h>
#include <gtest/gtest.h>

#include "wire/format.h"

namespace {

#define EXPECT_SAME_PLACE(member, theirs) \
  EXPECT_EQ(offsetof(allocprof_api, member), offsetof(allocprof::ClientApi, theirs))

TEST(ClientApiTest, TheTableIsTheSameOnBothSides) {
  EXPECT_EQ(sizeof(allocprof_api), sizeof(allocprof::ClientApi));
  EXPECT_SAME_PLACE(bytes, bytes);
  EXPECT_SAME_PLACE(enter, enter);
  EXPECT_SAME_PLACE(leave, leave);
  EXPECT_SAME_PLACE(mark, mark);
  EXPECT_SAME_PLACE(name_thread, name_thread);
  EXPECT_SAME_PLACE(record, record);
  EXPECT_SAME_PLACE(count, count);
  EXPECT_SAME_PLACE(pool, pool);
}

TEST(ClientApiTest, TheCountersAreTheSameOnBothSides) {
  EXPECT_EQ(sizeof(allocprof_counters), sizeof(allocprof::ClientCounters));
  EXPECT_EQ(offsetof(allocprof_counters, frees), offsetof(allocprof::ClientCounters, frees));
  EXPECT_EQ(offsetof(allocprof_counters, failed_allocations),
            offsetof(allocprof::ClientCounters, failed));
}

TEST(ClientApiTest, FlagsAreThoseOfTheTrace) {
  EXPECT_EQ(int{ALLOCPROF_IS_NO_ALLOC}, int{allocprof::wire::kRegionNoAlloc});
  EXPECT_EQ(int{ALLOCPROF_IS_PERMIT}, int{allocprof::wire::kRegionPermit});
}

TEST(ClientApiTest, WithoutTheRecorderNothingIsDone) {
  EXPECT_EQ(allocprof_is_recording(), 0);
  {
    ALLOCPROF_REGION("a");
    ALLOCPROF_NO_ALLOC("b");
  }
  EXPECT_EQ(allocprof_thread_counters().allocations, 0u);
}

}  // namespace
