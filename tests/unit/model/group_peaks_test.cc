// SPDX-License-Identifier: Apache-2.0
//
// Own peaks of functions with all that they call, against a reference that adds up every group
// after every event.
#include "model/group_peaks.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "observed.h"
#include "replayed.h"

namespace allocprof::model {
namespace {

using test::Recording;
using test::Stack;

// A function is what a program counter is here. Each is in a group once, however often it recurs.
std::vector<uint32_t> Functions(const Stack& stack) {
  std::vector<uint32_t> functions;
  for (const uint64_t pc : stack) {
    const auto f = static_cast<uint32_t>(pc);
    if (std::find(functions.begin(), functions.end(), f) == functions.end()) functions.push_back(f);
  }
  return functions;
}

std::vector<uint64_t> Peaks(const Recording& recording, size_t groups) {
  const Profile profile = Replayed(recording);
  std::vector<std::vector<uint32_t>> groups_of_site;
  for (const Site& site : profile.sites) {
    groups_of_site.push_back(Functions(StackOf(profile, site.node)));
  }
  const auto trace = recording.Load();
  StackTree stacks;
  BlockReplay replay(*trace, &stacks);
  GroupPeaks peaks(groups_of_site, groups);
  replay.Observe(&peaks);
  trace::Replay(*trace, &replay);
  Profile unused;
  replay.Finish(&unused);
  return peaks.peaks();
}

TEST(GroupPeaksTest, AFunctionsPeakIsThatOfAllThatItCalls) {
  Recording r;
  r.Malloc(1, {1, 2}, 0x1000, 100).Malloc(1, {1, 3}, 0x2000, 50).Free(1, 0x1000);
  r.Malloc(1, {1, 2}, 0x3000, 70).Free(1, 0x3000).Free(1, 0x2000);
  EXPECT_EQ(Peaks(r, 4), (std::vector<uint64_t>{0, 150, 100, 50}));
}

TEST(GroupPeaksTest, PeaksOfCalleesThatMissEachOtherAreNotAdded) {
  Recording r;
  r.Malloc(1, {1, 2}, 0x1000, 100).Free(1, 0x1000).Malloc(1, {1, 3}, 0x1000, 100).Free(1, 0x1000);
  EXPECT_EQ(Peaks(r, 4), (std::vector<uint64_t>{0, 100, 100, 100}));
}

TEST(GroupPeaksTest, AFunctionThatRecursCountsABlockOnce) {
  Recording r;
  r.Malloc(1, {1, 2, 1, 2}, 0x1000, 100).Malloc(1, {2, 1}, 0x2000, 10);
  EXPECT_EQ(Peaks(r, 3), (std::vector<uint64_t>{0, 110, 110}));
}

TEST(GroupPeaksTest, AgreesWithTheReference) {
  for (uint32_t seed = 1; seed <= 20; seed++) {
    std::mt19937 random(seed);
    Recording r;
    std::map<uint64_t, std::pair<Stack, uint64_t>> live;
    std::map<uint32_t, uint64_t> now;
    std::vector<uint64_t> expected(6, 0);
    for (int i = 0; i < 3000; i++) {
      const uint64_t address = 0x1000 + 16 * (random() % 40);
      const auto it = live.find(address);
      if (it != live.end()) {
        r.Free(1 + random() % 2, address);
        for (const uint32_t f : Functions(it->second.first)) now[f] -= it->second.second;
        live.erase(it);
        continue;
      }
      Stack stack;
      for (uint32_t n = random() % 6; n > 0; n--) stack.push_back(1 + random() % 5);
      if (stack.empty()) stack.push_back(1);
      const uint64_t size = random() % 1000;
      r.Malloc(1 + random() % 2, stack, address, size);
      live[address] = {stack, size};
      for (const uint32_t f : Functions(stack)) {
        now[f] += size;
        expected[f] = std::max(expected[f], now[f]);
      }
    }
    EXPECT_EQ(Peaks(r, 6), expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace allocprof::model
