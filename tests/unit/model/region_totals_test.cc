// SPDX-License-Identifier: Apache-2.0
#include "model/region_totals.h"

#include <gtest/gtest.h>

#include <random>

#include "model/frees_by_stack.h"
#include "replayed.h"
#include "support/consistency.h"

namespace allocprof::model {
namespace {

using test::Recording;

struct ByName {
  Profile profile;

  explicit ByName(const Recording& r, const BuildOptions& options = {})
      : profile(BuildProfile(r.Load(), options)) {
    test::CheckConsistency(profile);
  }
  uint32_t Region(const std::string& name) const {
    for (uint32_t i = 0; i < profile.regions.names.size(); i++) {
      if (profile.regions.names[i] == name) return i;
    }
    ADD_FAILURE() << "no region " << name;
    return 0;
  }
  const RegionTotal& operator[](const std::string& name) const {
    return totals().regions().at(Region(name));
  }
  const RegionTotals& totals() const { return *profile.Find<RegionTotals>(); }
};

TEST(RegionTotalsTest, ABlockBelongsToTheInnermostRegionOfItsThread) {
  Recording r;
  r.Name(1, "outer").Name(2, "inner");
  r.Malloc(1, {0x100}, 0x1000, 1);
  r.Enter(1, 1).Malloc(1, {0x100}, 0x2000, 10);
  r.Enter(1, 2).Malloc(1, {0x100}, 0x3000, 100).Malloc(2, {0x100}, 0x4000, 1000);
  r.Realloc(1, {0x100}, 0x3000, 0x3000, 200).Leave(1, 2);
  r.Free(1, 0x2000).Leave(1, 1).Free(1, 0x1000).Enter(1, 2).Leave(1, 2);
  const ByName p(r);
  const RegionTotal& outer = p["outer"];
  const RegionTotal& inner = p["inner"];
  EXPECT_EQ(outer.entered, 1u);
  EXPECT_EQ(inner.entered, 2u);
  EXPECT_EQ(outer.self.allocations, 1u);
  EXPECT_EQ(outer.self.allocated_bytes, 10u);
  EXPECT_EQ(outer.self.frees, 1u);
  EXPECT_EQ(inner.self.allocations, 2u);
  EXPECT_EQ(inner.self.reallocations, 1u);
  EXPECT_EQ(inner.self.leaked_bytes, 200u);
  EXPECT_EQ(outer.self.leaked_blocks, 0u);
  EXPECT_EQ(outer.total.allocations, 3u);
  EXPECT_EQ(outer.total.allocated_bytes, 310u);
  EXPECT_EQ(outer.total.leaked_bytes, 200u);
  EXPECT_EQ(outer.own_peak_bytes, 210u);
  EXPECT_EQ(inner.own_peak_bytes, 200u);
}

TEST(RegionTotalsTest, EndsWithoutABeginningAreIgnoredAndOpenOnesEndWithTheirThread) {
  Recording r;
  r.Leave(1, 1).Enter(1, 1).Malloc(1, {0x100}, 0x1000, 8).Leave(1, 2).Malloc(1, {0x100}, 0x2000, 8);
  r.Malloc(2, {0x100}, 0x3000, 8).Malloc(2, {0x100}, 0x4000, 8);
  const ByName p(r);
  EXPECT_EQ(p["region 1"].self.allocations, 2u);
  EXPECT_EQ(p["region 1"].stamps, 30u);  // to its thread's last event
  EXPECT_EQ(p["region 2"].entered, 0u);
}

TEST(RegionTotalsTest, OneLeftOutOfTurnLeavesThoseInsideOpen) {
  Recording r;
  r.Name(1, "a").Name(2, "b");
  r.Enter(1, 1).Enter(1, 2).Leave(1, 1).Malloc(1, {0x100}, 0x1000, 8).Leave(1, 2);
  r.Malloc(1, {0x100}, 0x2000, 8);
  const ByName p(r);
  EXPECT_EQ(p["a"].total.allocations, 0u);
  EXPECT_EQ(p["b"].total.allocations, 1u);
}

TEST(RegionTotalsTest, ARecursiveRegionCountsOnce) {
  Recording r;
  r.Name(1, "a");
  r.Enter(1, 1).Enter(1, 1).Malloc(1, {0x100}, 0x1000, 8).Leave(1, 1).Leave(1, 1);
  const ByName p(r);
  EXPECT_EQ(p["a"].entered, 2u);
  EXPECT_EQ(p["a"].total.allocations, 1u);
  EXPECT_EQ(p["a"].own_peak_bytes, 8u);
  EXPECT_EQ(p["a"].stamps, 40u);
}

TEST(RegionTotalsTest, ACallWhereItIsForbiddenIsAViolation) {
  Recording r;
  r.Name(1, "audio").Name(2, "log").Name(3, "inside");
  r.Malloc(1, {0x100}, 0x1000, 8).Malloc(1, {0x100}, 0x1100, 8);
  r.Enter(1, 1, wire::kRegionNoAlloc).Malloc(1, {0x200}, 0x2000, 8).Free(1, 0x1000, {0x300});
  r.Enter(1, 3).Malloc(1, {0x200}, 0x2100, 8).Leave(1, 3);
  r.Enter(1, 2, wire::kRegionPermit).Malloc(1, {0x200}, 0x3000, 8);
  r.Enter(1, 3).Malloc(1, {0x200}, 0x3100, 8).Leave(1, 3).Leave(1, 2);
  r.Realloc(1, {0x400}, 0x1100, 0x1100, 16).Malloc(2, {0x200}, 0x5000, 8).Leave(1, 1);
  r.Malloc(1, {0x200}, 0x4000, 8);
  const ByName p(r);
  std::map<test::Stack, std::pair<uint64_t, uint64_t>> found;
  for (const Violation& v : p.totals().violations()) {
    EXPECT_EQ(p.profile.regions.names.at(v.region), "audio");
    found[StackOf(p.profile, v.node)] = {v.allocations, v.frees};
  }
  const std::map<test::Stack, std::pair<uint64_t, uint64_t>> expected = {
      {{0x200}, {2, 0}}, {{0x300}, {0, 1}}, {{0x400}, {1, 0}}};
  EXPECT_EQ(found, expected);
}

TEST(RegionTotalsTest, AWindowCountsItsOwn) {
  Recording r;
  r.Name(1, "a");
  r.Enter(1, 1).Malloc(1, {0x100}, 0x1000, 8);
  const uint64_t from = r.now;
  r.Malloc(1, {0x100}, 0x2000, 16).Leave(1, 1).Malloc(1, {0x100}, 0x3000, 8);
  const ByName p(r, {.window = {.from = from}});
  EXPECT_EQ(p["a"].entered, 0u);
  EXPECT_EQ(p["a"].total.allocations, 1u);
  EXPECT_EQ(p["a"].total.leaked_bytes, 16u);
  EXPECT_EQ(p["a"].own_peak_bytes, 24u);
  EXPECT_EQ(p["a"].stamps, 10u);
}

TEST(RegionTotalsTest, WhatIsInNoRegionAndWhatIsAddUp) {
  std::mt19937_64 random(7);
  Recording r;
  std::vector<uint64_t> live;
  std::map<uint32_t, std::vector<uint64_t>> open;
  uint64_t outside = 0, address = 0x1000;
  for (int i = 0; i < 4000; i++) {
    const uint32_t thread = 1 + random() % 3;
    switch (random() % 6) {
      case 0:
        open[thread].push_back(1 + random() % 5);
        r.Enter(thread, open[thread].back());
        break;
      case 1:
        if (open[thread].empty()) {
          r.Leave(thread, 9);  // never entered
        } else {
          r.Leave(thread, open[thread].back());
          open[thread].pop_back();
        }
        break;
      case 2:
        if (live.empty()) break;
        r.Free(thread, live.back());
        live.pop_back();
        break;
      default:
        r.Malloc(thread, {0x100, 0x200 + random() % 4}, address += 16, 16);
        live.push_back(address);
        outside += open[thread].empty();
        break;
    }
  }
  const ByName split(r, {.split = {.region = true}});
  const ByName p(r);
  uint64_t inside = 0, in_sites = 0, outside_sites = 0;
  for (const RegionTotal& t : p.totals().regions()) inside += t.self.allocations;
  for (const Site& s : split.profile.sites) {
    (s.region == 0 ? outside_sites : in_sites) += s.allocations;
  }
  EXPECT_GT(outside, 0u);
  EXPECT_GT(inside, 0u);
  EXPECT_EQ(outside + inside, p.profile.totals.allocations);
  EXPECT_EQ(outside_sites, outside);
  EXPECT_EQ(in_sites, inside);
  EXPECT_EQ(split.profile.totals.peak_bytes, p.profile.totals.peak_bytes);
}

TEST(RegionTotalsTest, AHostileNestIsBounded) {
  Recording r;
  for (uint64_t i = 0; i < 1000; i++) r.Enter(1, i);
  r.Malloc(1, {0x100}, 0x1000, 8);
  for (uint64_t i = 1000; i-- != 0;) r.Leave(1, i);
  r.Malloc(1, {0x100}, 0x2000, 8);
  const ByName p(r);
  EXPECT_EQ(p.profile.regions.paths.size(), RegionPaths::kMostOpen + 1);
  EXPECT_EQ(p.profile.regions.too_many, 1000 - RegionPaths::kMostOpen);
  EXPECT_EQ(p["region 0"].total.allocations, 1u);
  EXPECT_EQ(p["region 255"].self.allocations, 1u);
}

TEST(FreesByStackTest, CountsWhereBlocksAreFreedIfAsked) {
  Recording r;
  r.Malloc(1, {0x100}, 0x1000, 8).Malloc(1, {0x100}, 0x2000, 8);
  r.Free(1, 0x1000, {0x300}).Free(2, 0x2000, {0x300}).Free(2, 0x9000, {0x300});
  const ByName asked(r, {.frees = true});
  const auto* frees = asked.profile.Find<FreesByStack>();
  ASSERT_NE(frees, nullptr);
  uint64_t sum = 0;
  for (uint32_t node = 0; node < frees->frees().size(); node++) {
    if (frees->frees()[node] == 0) continue;
    EXPECT_EQ(StackOf(asked.profile, node), test::Stack{0x300});
    sum += frees->frees()[node];
  }
  EXPECT_EQ(sum, 3u);
  EXPECT_EQ(ByName(r).profile.Find<FreesByStack>(), nullptr);
}

}  // namespace
}  // namespace allocprof::model
