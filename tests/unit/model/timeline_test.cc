// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "replayed.h"

namespace allocprof::model {
namespace {

using test::kStartStamp;
using test::Recording;
using test::Stack;

const Stack kA = {0xa};

TEST(TimelineTest, APointIsTheLargestOfItsInterval) {
  Recording r;
  // 400 intervals of 1001 over 400,000 stamps.
  r.now = kStartStamp + 100;
  r.Malloc(1, kA, 0x1000, 100).Free(1, 0x1000).Malloc(1, kA, 0x1000, 30);
  r.now = kStartStamp + 400000;
  const Profile p = Replayed(r);
  ASSERT_GE(p.timeline.size(), 2u);
  EXPECT_EQ(p.timeline[0].stamp, kStartStamp + 1001);
  EXPECT_EQ(p.timeline[0].live_bytes, 100u);
  EXPECT_EQ(p.timeline[1].live_bytes, 30u);
  EXPECT_EQ(p.timeline.back().live_bytes, 30u);
  EXPECT_EQ(p.timeline.size(), kTimelinePoints);
}

TEST(TimelineTest, ASilenceKeepsWhatIsLive) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 100);
  r.now = kStartStamp + 200000;
  r.Free(1, 0x1000);
  r.now = kStartStamp + 400000;
  const Profile p = Replayed(r);
  EXPECT_EQ(p.timeline[100].live_bytes, 100u);
  EXPECT_EQ(p.timeline[300].live_bytes, 0u);
}

TEST(TimelineTest, AShortRunHasNoMorePointsThanStamps) {
  Recording r;
  r.Malloc(1, kA, 0x1000, 100).Malloc(1, kA, 0x2000, 100);
  const Profile p = Replayed(r);
  EXPECT_LE(p.timeline.size(), 31u);
  EXPECT_EQ(p.timeline.back().live_bytes, 200u);
}

TEST(TimelineTest, ResidentBytesAreThoseOfTheLatestSample) {
  Recording r;
  r.records().Sample(kStartStamp + 100000, 105000, 7000).Sample(kStartStamp + 300000, 305000, 9000);
  r.Malloc(1, kA, 0x1000, 100);
  r.now = kStartStamp + 400000;
  const Profile p = Replayed(r);
  EXPECT_EQ(p.timeline[0].rss_bytes, 0u);
  EXPECT_EQ(p.timeline[150].rss_bytes, 7000u);
  EXPECT_EQ(p.timeline[350].rss_bytes, 9000u);
}

TEST(TimelineTest, ASampleWithoutResidentBytesChangesNothing) {
  Recording r;
  r.records().Sample(kStartStamp + 1000, 6000, 7000).Sample(kStartStamp + 200000, 205000, 0);
  r.Malloc(1, kA, 0x1000, 100);
  r.now = kStartStamp + 400000;
  EXPECT_EQ(Replayed(r).timeline[300].rss_bytes, 7000u);
}

TEST(TimelineTest, EventsBeforeTheStartFallIntoTheFirstInterval) {
  Recording r;
  r.now = 10;
  r.Malloc(1, kA, 0x1000, 100).Free(1, 0x1000);
  r.now = kStartStamp + 4000;
  EXPECT_EQ(Replayed(r).timeline[0].live_bytes, 100u);
}

}  // namespace
}  // namespace allocprof::model
