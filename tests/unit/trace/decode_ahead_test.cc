// SPDX-License-Identifier: Apache-2.0
//
// Many chunks in several workers: what is played is the same as with none, whatever the chunks'
// own stamps say of the order.
#include "trace/decode_ahead.h"

#include <gtest/gtest.h>

#include <random>

#include "loaded.h"
#include "support/recording.h"

namespace allocprof::trace {
namespace {

using test::BlockBuilder;
using test::ChunkLine;
using test::Recording;
using test::TraceBuilder;

std::vector<std::string> Played(const Trace& trace, unsigned workers, ReplayResult* result) {
  test::EventLog log;
  ReplayOptions options(trace);
  options.workers = workers;
  *result = Replay(trace, &log, options);
  std::vector<std::string> all = log.stacks;
  all.insert(all.end(), log.events.begin(), log.events.end());
  return all;
}

// 4 threads, `chunks` chunks each.
std::string ManyChunks(uint32_t seed, int chunks) {
  std::mt19937 random(seed);
  Recording r;
  for (int c = 0; c < chunks; c++) {
    for (uint32_t thread = 1; thread <= 4; thread++) {
      for (uint32_t n = random() % 20 + 1; n > 0; n--) {
        const uint32_t who = random() % 4 + 1;
        const uint64_t address = 0x1000 + 16 * (random() % 50);
        if (random() % 2 == 0) {
          r.Malloc(who, {0x100 + random() % 5}, address, random() % 100);
        } else {
          r.Free(who, address);
        }
      }
      r.Cut(thread);
    }
  }
  return r.Text();
}

TEST(DecodeAheadTest, WorkersChangeNothing) {
  for (uint32_t seed = 1; seed <= 3; seed++) {
    const Loaded l = LoadText(ManyChunks(seed, 60));
    ASSERT_TRUE(l.status.ok());
    ASSERT_GT(l.trace.chunks.size(), 100u);
    ReplayResult alone, together;
    const auto expected = Played(l.trace, 0, &alone);
    for (const unsigned workers : {1u, 2u, 4u}) {
      EXPECT_EQ(Played(l.trace, workers, &together), expected);
      EXPECT_EQ(together.totals.events, alone.totals.events);
      EXPECT_EQ(together.totals.chunks, alone.totals.chunks);
    }
  }
}

TEST(DecodeAheadTest, ChunksWhoseStampsLieComeAllTheSame) {
  // Every chunk claims to be the first, later ones to be earlier: workers take them the wrong way
  // round, more of them than may wait.
  std::string text = TraceBuilder().text();
  for (uint32_t i = 0; i < 200; i++) {
    BlockBuilder b(1, 1000 + i, 1);
    b.Alloc(0, 0x1000 + 16 * i, 8, 1100 + i);
    text +=
        ChunkLine(1, i * 16384, i * 16384 + 100, 1, 1000 - i, 1000 - i, test::Base64(b.bytes())) +
        ",\n";
  }
  const Loaded l = LoadText(text);
  ASSERT_EQ(l.trace.chunks.size(), 200u);
  ReplayResult result;
  const auto expected = Played(l.trace, 0, &result);
  ASSERT_EQ(expected.size(), 200u);
  EXPECT_EQ(Played(l.trace, 1, &result), expected);
  EXPECT_EQ(Played(l.trace, 3, &result), expected);
}

TEST(DecodeAheadTest, DamageIsToldOnceAndInTheOrderOfReading) {
  std::string text = TraceBuilder().text();
  for (uint32_t i = 0; i < 40; i++) {
    BlockBuilder b(1, 1000 + i, 1);
    b.Alloc(0, 0x1000 + 16 * i, 8, 1100 + i);
    text += ChunkLine(1, i * 100, i * 100 + 99, i % 10 == 3 ? 7 : 1, 1100 + i, 1100 + i,
                      test::Base64(b.bytes())) +
            ",\n";
  }
  const Loaded l = LoadText(text);
  for (const unsigned workers : {0u, 2u}) {
    ReplayResult result;
    Played(l.trace, workers, &result);
    ASSERT_EQ(result.damage.size(), 4u);
    EXPECT_EQ(result.damage[0].where, "chunk of thread 1 at 300");
    EXPECT_EQ(result.damage[3].where, "chunk of thread 1 at 3300");
  }
}

TEST(DecodeAheadTest, ChunksThatNobodyTakesAreGivenUp) {
  const Loaded l = LoadText(ManyChunks(1, 30));
  DecodeAhead ahead(l.trace.chunks, 3);
  EXPECT_FALSE(ahead.Take(0)->events.empty());
}

TEST(DecodeAheadTest, ProgressGoesUpToAll) {
  const Loaded l = LoadText(ManyChunks(1, 30));
  test::EventLog log;
  ReplayOptions options(l.trace);
  std::vector<double> shares;
  options.progress = [&](double share) { shares.push_back(share); };
  Replay(l.trace, &log, options);
  ASSERT_EQ(shares.size(), l.trace.chunks.size());
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_DOUBLE_EQ(shares.back(), 1);
}

}  // namespace
}  // namespace allocprof::trace
