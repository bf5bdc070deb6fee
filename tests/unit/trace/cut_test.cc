// SPDX-License-Identifier: Apache-2.0
//
// A trace that ends anywhere: facts only decrease, and nothing is invented.
#include <gtest/gtest.h>

#include <algorithm>

#include "loaded.h"
#include "support/recording.h"
#include "support/spool_builder.h"

namespace allocprof::trace {
namespace {

using test::Recording;
using test::SpoolBuilder;

struct Facts {
  size_t events, modules, threads, samples, chunks, definitions;
};

Facts FactsOf(const Loaded& l) {
  return {l.log.events.size(),    l.trace.modules.size(), l.trace.threads.size(),
          l.trace.samples.size(), l.trace.chunks.size(),  l.log.stacks.size()};
}

Recording SmallProgram() {
  Recording r;
  r.records().Module(1, "/opt/demo/bin/demo", 0x100, 0x2000, 0).Sample(1200, 5200, 4096);
  r.Malloc(1, {0x100, 0x110}, 0x1000, 24).Malloc(2, {0x100, 0x120}, 0x2000, 48);
  r.Cut(1).Free(1, 0x2000).Realloc(1, {0x100, 0x130}, 0x1000, 0x3000, 100).Failed(2, {0x140}, 1);
  return r;
}

// `events` in their order, with some left out.
bool IsSubsequence(const std::vector<std::string>& events, const std::vector<std::string>& of) {
  auto at = of.begin();
  for (const std::string& e : events) {
    at = std::find(at, of.end(), e);
    if (at == of.end()) return false;
    ++at;
  }
  return true;
}

TEST(CutTest, CutAtEveryByteFactsOnlyDecrease) {
  const std::string whole = SmallProgram().Text();
  const Loaded all = LoadText(whole);
  Facts last = FactsOf(all);
  ASSERT_EQ(last.events, 6u);
  for (size_t n = whole.size(); n-- > 0;) {
    const Loaded l = LoadText(whole.substr(0, n));
    const Facts f = FactsOf(l);
    ASSERT_LE(f.events, last.events) << n;
    ASSERT_LE(f.modules, last.modules) << n;
    ASSERT_LE(f.threads, last.threads) << n;
    ASSERT_LE(f.samples, last.samples) << n;
    ASSERT_LE(f.chunks, last.chunks) << n;
    ASSERT_LE(f.definitions, last.definitions) << n;
    ASSERT_TRUE(IsSubsequence(l.log.events, all.log.events)) << n;
    last = f;
  }
  EXPECT_EQ(last.events, 0u);
}

TEST(CutTest, OnlyACutInsideTheHeaderIsRefused) {
  const std::string whole = SmallProgram().Text();
  const size_t header = whole.find('\n');
  for (size_t n = 0; n <= whole.size(); n++) {
    const Loaded l = LoadText(whole.substr(0, n));
    EXPECT_EQ(l.status.ok(), n > header) << n;
    if (n <= header) {
      EXPECT_EQ(l.status.code(), ErrorCode::kDamaged) << n;
      EXPECT_NE(l.status.message().find("record the program again"), std::string::npos) << n;
    }
  }
}

TEST(CutTest, ATraceWithoutItsEndIsNotComplete) {
  const Loaded l = LoadText(SmallProgram().TextWithoutEnd());
  EXPECT_FALSE(l.trace.complete);
  EXPECT_EQ(l.trace.ending, Ending::kDied);
  EXPECT_EQ(l.trace.totals, std::nullopt);
  EXPECT_EQ(l.log.events.size(), 6u);
}

TEST(CutTest, ACutLineIsSaid) {
  std::string text = SmallProgram().TextWithoutEnd();
  text.resize(text.size() - 5);
  EXPECT_EQ(LoadText(text).Damages(), std::vector<std::string>{"line 9: the last line is cut"});
}

TEST(CutTest, ACutBehindTheEndRecordIsNoLoss) {
  const std::string whole = SmallProgram().Text();
  for (const size_t off : {1, 3}) {
    const Loaded l = LoadText(whole.substr(0, whole.size() - off));
    EXPECT_TRUE(l.trace.complete);
    EXPECT_EQ(l.Damages(), std::vector<std::string>{});
  }
}

TEST(CutTest, WithItsSpoolBesideItTheSpoolsEventsStay) {
  const std::string whole = SmallProgram().TextWithoutEnd();
  test::BlockBuilder rest(1, 1500, 50);
  rest.Alloc(rest.Define(0, 0x150), 0x9000, 7, 1600);
  const std::string spool = SpoolBuilder().Ring(1, {rest}, 9).bytes();
  size_t last = 7;
  for (size_t n = whole.size(); n > whole.find('\n'); n--) {
    const Loaded l = LoadText(whole.substr(0, n), spool);
    ASSERT_TRUE(l.status.ok()) << n;
    ASSERT_LE(l.log.events.size(), last) << n;
    last = l.log.events.size();
    EXPECT_EQ(l.log.events.back(), "1 malloc 0x9000 7 @1600") << n;
  }
  EXPECT_EQ(last, 1u);
}

TEST(CutTest, ASpoolCutAtEveryPageAndAroundItOnlyLosesEvents) {
  const std::string trace = test::TraceBuilder().Thread(1, 4711, "main").text();
  std::vector<test::BlockBuilder> blocks;
  for (uint32_t i = 0; i < 3; i++) {
    blocks.emplace_back(1, 1000 + i * 100, 1);
    blocks.back().Alloc(0, 0x1000 + 0x100 * i, 8, 1050 + i * 100);
  }
  const std::string whole = SpoolBuilder().Ring(1, blocks).Ring(2, {blocks[0]}).bytes();
  size_t last = 4;
  for (size_t page = whole.size() / 4096; page-- > 0;) {
    for (const size_t n : {page * 4096 + 1, page * 4096, page * 4096 - 1}) {
      if (n > whole.size()) continue;
      const Loaded l = LoadText(trace, whole.substr(0, n));
      ASSERT_TRUE(l.status.ok()) << n;
      ASSERT_LE(l.log.events.size(), last) << n;
      last = l.log.events.size();
    }
  }
  EXPECT_EQ(last, 0u);
}

}  // namespace
}  // namespace allocprof::trace
