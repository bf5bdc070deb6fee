// SPDX-License-Identifier: Apache-2.0
#include "model/site_table.h"

#include <gtest/gtest.h>

#include "support/consistency.h"
#include "support/recording.h"

namespace allocprof::model {
namespace {

using test::Recording;

Recording TwoThreadsOneStack() {
  Recording r;
  r.Malloc(1, {0x100, 0x200}, 0x1000, 8).Malloc(1, {0x100, 0x200}, 0x2000, 9);
  r.Malloc(2, {0x100, 0x200}, 0x3000, 9).Malloc(2, {0x100, 0x300}, 0x4000, 9);
  r.Free(2, 0x2000).Free(1, 0x3000);
  return r;
}

Profile Split(SiteSplit split) {
  const Profile profile = BuildProfile(TwoThreadsOneStack().Load(), {.split = split});
  test::CheckConsistency(profile);
  return profile;
}

TEST(SiteTableTest, AStackIsOneSiteUnlessSplit) {
  const Profile p = Split({});
  ASSERT_EQ(p.sites.size(), 2u);
  EXPECT_EQ(p.sites[0].allocations, 3u);
  EXPECT_EQ(p.sites[0].freed, 2u);
  EXPECT_EQ(p.sites[0].cross_thread_frees, 2u);
  EXPECT_EQ(p.sites[0].thread, kAnyThread);
}

TEST(SiteTableTest, OrOneForEachThread) {
  const Profile p = Split({.thread = true});
  ASSERT_EQ(p.sites.size(), 3u);
  EXPECT_EQ(p.sites[0].allocations, 2u);
  EXPECT_EQ(p.threads.at(p.sites[0].thread).id, 1u);
  EXPECT_EQ(p.sites[1].allocations, 1u);
  EXPECT_EQ(p.threads.at(p.sites[1].thread).id, 2u);
  EXPECT_EQ(p.sites[0].node, p.sites[1].node);
}

TEST(SiteTableTest, OrOneForEachClassOfSizes) {
  const Profile p = Split({.thread = true, .size = true});
  ASSERT_EQ(p.sites.size(), 4u);
  EXPECT_EQ(p.sites[0].size_class, SizeClass(8));
  EXPECT_EQ(p.sites[1].size_class, SizeClass(9));
  EXPECT_EQ(p.sites[0].leaked_bytes, 8u);
  EXPECT_EQ(p.sites[1].leaked_bytes, 0u);
}

TEST(SiteTableTest, SizeClassesArePowersOfTwo) {
  EXPECT_EQ(SizeClass(0), 0u);
  EXPECT_EQ(SizeClass(1), 1u);
  EXPECT_EQ(SizeClass(8), 1u);
  for (uint32_t size_class = 2; size_class < 62; size_class++) {
    const uint64_t top = uint64_t{4} << size_class;
    EXPECT_EQ(SizeClass(top / 2 + 1), size_class);
    EXPECT_EQ(SizeClass(top), size_class) << top;
  }
  EXPECT_EQ(SizeClass(UINT64_MAX), 62u);
}

}  // namespace
}  // namespace allocprof::model
