// SPDX-License-Identifier: Apache-2.0
#include "trace/process_tree.h"

#include <gtest/gtest.h>

namespace allocprof::trace {
namespace {

struct Claim {
  uint32_t pid, ppid, forked_from;
  uint64_t ns, start_ticks = 5;
};

// "4 2 . 3" by level: pids with a dot for each level.
std::string Arranged(const std::vector<Claim>& claims, uint32_t root = 1) {
  std::vector<Header> headers;
  for (const Claim& c : claims) {
    Header h;
    h.pid = c.pid;
    h.ppid = c.ppid;
    h.forked_from = c.forked_from;
    h.ns = h.stamp = c.ns;
    h.start_ticks = c.start_ticks;
    if (root != 0) h.root = {root, 5, ""};
    headers.push_back(h);
  }
  std::vector<const Header*> pointers;
  for (const Header& h : headers) pointers.push_back(&h);
  std::string text;
  for (const TreePlace& place : ArrangeProcesses(pointers)) {
    text += (text.empty() ? "" : " ") + std::string(place.level, '.') +
            std::to_string(headers[place.index].pid);
  }
  return text;
}

TEST(ProcessTreeTest, ChildrenStandBelowTheirParentByTime) {
  EXPECT_EQ(Arranged({{1, 0, 0, 10}, {4, 1, 0, 40}, {2, 1, 0, 20}, {3, 2, 0, 30}}), "1 .2 ..3 .4");
}

TEST(ProcessTreeTest, AProgramThatCameByExecStandsBelowTheOneBefore) {
  EXPECT_EQ(Arranged({{1, 0, 0, 10}, {2, 1, 0, 20}, {2, 1, 0, 30}, {3, 2, 0, 40}}),
            "1 .2 ..2 ...3");
}

TEST(ProcessTreeTest, APidGivenAgainIsAnotherProcess) {
  EXPECT_EQ(Arranged({{1, 0, 0, 10}, {2, 1, 0, 20, 6}, {2, 1, 0, 30, 7}}), "1 .2 .2");
}

TEST(ProcessTreeTest, AForkedChildWhoseParentEndedKnowsWhoForkedIt) {
  EXPECT_EQ(Arranged({{1, 0, 0, 10}, {2, 1, 0, 20}, {3, 1, 2, 30}}), "1 .2 ..3");
}

TEST(ProcessTreeTest, OneWhoseParentWasNotRecordedStandsBelowTheRoot) {
  EXPECT_EQ(Arranged({{1, 0, 0, 10}, {9, 77, 0, 20}}), "1 .9");
}

TEST(ProcessTreeTest, OtherRunsStandBeside) {
  EXPECT_EQ(Arranged({{1, 0, 0, 10}, {2, 0, 0, 20}}, 0), "1 2");
}

TEST(ProcessTreeTest, HostileClaimsStillMakeATree) {
  // Its own parent; parents of each other; all at one time.
  EXPECT_EQ(Arranged({{1, 1, 1, 10}}), "1");
  EXPECT_EQ(Arranged({{2, 3, 3, 10}, {3, 2, 2, 10}}), "2 .3");
}

TEST(ProcessTreeTest, AChainOfExecsMayBeLong) {
  std::vector<Header> headers(50000);
  std::vector<const Header*> pointers;
  for (Header& h : headers) {
    h.pid = h.ppid = h.forked_from = 1;
    h.ns = pointers.size();
    pointers.push_back(&h);
  }
  const std::vector<TreePlace> places = ArrangeProcesses(pointers);
  ASSERT_EQ(places.size(), headers.size());
  EXPECT_EQ(places.back().level, headers.size() - 1);
}

TEST(ProcessTreeTest, RunsAndImages) {
  Header a, b;
  a.pid = b.pid = 5;
  a.start_ticks = b.start_ticks = 9;
  EXPECT_TRUE(SameImage(a, b));
  b.stamp = 1;
  EXPECT_FALSE(SameImage(a, b));
  EXPECT_TRUE(SameRun(a, b));
  b.root = {5, 9, "/tmp/trace.json"};
  EXPECT_TRUE(SameRun(a, b));
  b.root.start_ticks = 8;
  EXPECT_FALSE(SameRun(a, b));
}

}  // namespace
}  // namespace allocprof::trace
