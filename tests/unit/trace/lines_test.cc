// SPDX-License-Identifier: Apache-2.0
//
// Sound traces: every record is read as src/wire/FORMAT.md says.
#include <gtest/gtest.h>

#include "loaded.h"
#include "support/recording.h"

namespace allocprof::trace {
namespace {

using test::BlockBuilder;
using test::kPid;
using test::kStartNs;
using test::kStartStamp;
using test::kStartTicks;
using test::Recording;
using test::TraceBuilder;

TEST(LinesTest, ASoundTraceIsCompleteAndUndamaged) {
  Recording r;
  r.Malloc(1, {0x100}, 0x1000, 24).Free(1, 0x1000);
  const Loaded l = LoadText(r.Text());
  ASSERT_TRUE(l.status.ok()) << l.status.message();
  EXPECT_TRUE(l.trace.complete);
  EXPECT_EQ(l.Damages(), std::vector<std::string>{});
  EXPECT_EQ(l.trace.ending, Ending::kExit);
  EXPECT_EQ(l.trace.exit_status, 0);
  EXPECT_FALSE(l.trace.from_spool);
}

TEST(LinesTest, TheHeaderNamesTheProcess) {
  const Header h = LoadText(TraceBuilder().End(2000).text()).trace.header;
  EXPECT_EQ(h.pid, kPid);
  EXPECT_EQ(h.ppid, 1u);
  EXPECT_EQ(h.start_ticks, kStartTicks);
  EXPECT_EQ(h.exe, "/opt/demo/bin/demo");
  EXPECT_EQ(h.argv, (std::vector<std::string>{"demo", "--all"}));
  EXPECT_TRUE(h.tsc);
  EXPECT_EQ(h.stamp, kStartStamp);
  EXPECT_EQ(h.ns, kStartNs);
  EXPECT_EQ(h.unwind, "native");
  EXPECT_TRUE(h.free_stacks);
}

TEST(LinesTest, ModulesKeepTheirRangeAndTheTimeOfTheirUnloading) {
  const Trace t = LoadText(TraceBuilder()
                               .Module(1, "/lib/a.so", 0x1000, 0x2000, 0x1000, 1100)
                               .Module(2, "/lib/b.so", 0x3000, 0x4000, 0x3000, 1200)
                               .Unload(1, 1500)
                               .End(2000)
                               .text())
                      .trace;
  ASSERT_EQ(t.modules.size(), 2u);
  EXPECT_EQ(t.modules[0].path, "/lib/a.so");
  EXPECT_EQ(t.modules[0].low, 0x1000u);
  EXPECT_EQ(t.modules[0].high, 0x2000u);
  EXPECT_EQ(t.modules[0].loaded, 1100u);
  EXPECT_EQ(t.modules[0].unloaded, 1500u);
  EXPECT_EQ(t.modules[1].unloaded, UINT64_MAX);
}

TEST(LinesTest, AModuleSaidTwiceIsOne) {
  const Trace t = LoadText(TraceBuilder()
                               .Module(1, "/lib/a.so", 0x1000, 0x2000, 0x1000)
                               .Module(1, "/lib/a.so", 0x1000, 0x2000, 0x1000)
                               .End(2000)
                               .text())
                      .trace;
  EXPECT_EQ(t.modules.size(), 1u);
}

TEST(LinesTest, OfAThreadsRecordsTheLastCountsAndTheDeepestDepth) {
  const Trace t = LoadText(TraceBuilder()
                               .Thread(1, kPid, "early", 700)
                               .Thread(1, kPid, "late", 300)
                               .End(2000)
                               .text())
                      .trace;
  ASSERT_EQ(t.threads.size(), 1u);
  EXPECT_EQ(t.threads[0].name, "late");
  EXPECT_EQ(t.threads[0].depth_max, 700u);
  EXPECT_EQ(t.threads[0].stack_limit, 8388608u);
  EXPECT_EQ(t.threads[0].stack_base, 0x7800000u);
}

TEST(LinesTest, SamplesAreInTimeOrderWhereverTheyStand) {
  const Trace t =
      LoadText(TraceBuilder().Sample(1900, 5900, 300).Sample(1100, 5100, 100).End(2000).text())
          .trace;
  ASSERT_EQ(t.samples.size(), 3u);
  EXPECT_EQ(t.samples[0].rss, 100u);
  EXPECT_EQ(t.samples[1].rss, 300u);
  EXPECT_EQ(t.samples[2].stamp, 2000u);
}

TEST(LinesTest, TheRateIsMeasuredOverTheLongestPairOfClocks) {
  // 2000 units in 1000 ns.
  const Trace t = LoadText(TraceBuilder().Sample(3000, kStartNs + 1000, 0).text()).trace;
  EXPECT_TRUE(t.rate_known);
  EXPECT_DOUBLE_EQ(t.stamps_per_second, 2e9);
  EXPECT_DOUBLE_EQ(t.Seconds(kStartStamp + 2000), 1e-6);
}

TEST(LinesTest, TheRateIsAssumedAndSaidSoWhenNothingMeasuresIt) {
  const Trace t = LoadText(TraceBuilder().text()).trace;
  EXPECT_FALSE(t.rate_known);
  EXPECT_DOUBLE_EQ(t.stamps_per_second, 2.5e9);
}

TEST(LinesTest, AMonotonicClockNeedsNoMeasuring) {
  const Trace t =
      LoadText(
          TraceBuilder()
              .Header("{\"allocprof\":1,\"minor\":0,\"clock\":\"monotonic\",\"stamp\":7,\"ns\":7,")
              .text())
          .trace;
  EXPECT_TRUE(t.rate_known);
  EXPECT_DOUBLE_EQ(t.stamps_per_second, 1e9);
}

TEST(LinesTest, ATimeBeforeTheStartIsTheStart) {
  EXPECT_DOUBLE_EQ(LoadText(TraceBuilder().End(2000).text()).trace.Seconds(3), 0);
}

TEST(LinesTest, TheEndTellsHowTheProcessEnded) {
  const std::pair<const char*, Ending> kEndings[] = {{"exit", Ending::kExit},
                                                     {"_exit", Ending::kUnderscoreExit},
                                                     {"quick_exit", Ending::kQuickExit},
                                                     {"exec", Ending::kExec}};
  for (const auto& [word, ending] : kEndings) {
    const Trace t =
        LoadText(TraceBuilder()
                     .Line(std::string("{\"k\":\"end\",\"reason\":\"") + word + "\",\"t\":2000}")
                     .text())
            .trace;
    EXPECT_TRUE(t.complete) << word;
    EXPECT_EQ(t.ending, ending) << word;
    EXPECT_EQ(t.exit_status, std::nullopt) << word;
  }
}

TEST(LinesTest, LossesAreKeptByTheirReason) {
  const Trace t = LoadText(TraceBuilder()
                               .Line(R"({"k":"end","reason":"exit","t":2000,)"
                                     R"("lost":{"nested":0,"window":12,"later_reason":3}})")
                               .text())
                      .trace;
  ASSERT_EQ(t.lost.size(), 2u);
  EXPECT_EQ(t.lost[0].why, "later_reason");
  EXPECT_EQ(t.lost[0].events, 3u);
  EXPECT_EQ(t.lost[1].why, "window");
  EXPECT_EQ(t.lost[1].events, 12u);
}

TEST(LinesTest, ChunksAreSortedByThreadAndPosition) {
  BlockBuilder a(2, 1000, 1), b(1, 1000, 1), c(1, 1000, 1);
  a.Alloc(0, 0x10, 1, 1300);
  b.Alloc(0, 0x20, 2, 1200);
  c.Alloc(0, 0x30, 3, 1100);
  const Loaded l = LoadText(TraceBuilder().Chunk(a, 0).Chunk(b, 4096).Chunk(c, 0).End(2000).text());
  ASSERT_EQ(l.trace.chunks.size(), 3u);
  EXPECT_EQ(l.trace.chunks[0].first_position, 0u);
  EXPECT_EQ(l.trace.chunks[1].first_position, 4096u);
  EXPECT_EQ(l.trace.chunks[2].thread, 2u);
  EXPECT_EQ(l.log.events,
            (std::vector<std::string>{"1 malloc 0x30 3 @1100", "1 malloc 0x20 2 @1200",
                                      "2 malloc 0x10 1 @1300"}));
}

TEST(LinesTest, MembersOfALaterMinorVersionAreIgnored) {
  const Loaded l =
      LoadText(TraceBuilder()
                   .Line(R"({"k":"sample","t":1500,"ns":5500,"rss":1,"cgroup":{"a":[1]}})")
                   .End(2000)
                   .text());
  EXPECT_EQ(l.Damages(), std::vector<std::string>{});
  EXPECT_EQ(l.trace.samples.size(), 2u);
}

}  // namespace
}  // namespace allocprof::trace
