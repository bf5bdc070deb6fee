// SPDX-License-Identifier: Apache-2.0
//
// A process that died: what its spool adds to the trace, and every way to break a spool.
#include "trace/spool.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "loaded.h"
#include "support/recording.h"
#include "support/spool_builder.h"
#include "support/temp_dir.h"

namespace allocprof::trace {
namespace {

using test::BlockBuilder;
using test::kBlockBytes;
using test::SpoolBuilder;
using test::TraceBuilder;
using Lines = std::vector<std::string>;

BlockBuilder Block(uint32_t thread, uint64_t stamp, uint64_t address) {
  BlockBuilder b(thread, 1000, 1);
  b.Alloc(b.Define(0, 0x100), address, 8, stamp);
  return b;
}

TraceBuilder Start() {
  TraceBuilder t;
  t.Thread(1, 4711, "main");
  return t;
}

std::string At(uint64_t address, uint64_t stamp, uint32_t thread = 1) {
  char text[64];
  snprintf(text, sizeof(text), "%u malloc 0x%lx 8 @%lu", thread, address, stamp);
  return text;
}

TEST(SpoolTest, EventsOfTheRingsAreAdded) {
  const Loaded l =
      LoadText(Start().Chunk(Block(1, 1100, 0x10), 0).text(),
               SpoolBuilder().Ring(1, {Block(1, 1200, 0x20), Block(1, 1300, 0x30)}, 1).bytes());
  EXPECT_EQ(l.log.events, (Lines{At(0x10, 1100), At(0x20, 1200), At(0x30, 1300)}));
  EXPECT_TRUE(l.trace.from_spool);
  EXPECT_EQ(l.trace.ending, Ending::kDied);
  EXPECT_FALSE(l.trace.complete);
  EXPECT_EQ(l.Damages(), Lines{});
}

TEST(SpoolTest, BlocksThatHaveGoneRoundTheRingAreFound) {
  const Loaded l = LoadText(Start().text(), SpoolBuilder()
                                                .Ring(1,
                                                      {Block(1, 1100, 0x10), Block(1, 1200, 0x20),
                                                       Block(1, 1300, 0x30), Block(1, 1400, 0x40)},
                                                      (uint64_t{1} << 31) + 6)
                                                .bytes());
  EXPECT_EQ(l.log.events.size(), 4u);
  EXPECT_EQ(l.trace.chunks.front().first_position, ((uint64_t{1} << 31) + 6) * kBlockBytes);
}

TEST(SpoolTest, ABlockInBothCountsOnce) {
  const BlockBuilder b = Block(1, 1100, 0x10);
  const Loaded l =
      LoadText(Start().Chunk(b, 5 * kBlockBytes).text(), SpoolBuilder().Ring(1, {b}, 5).bytes());
  EXPECT_EQ(l.log.events, Lines{At(0x10, 1100)});
}

TEST(SpoolTest, ABlockThatGrewSinceItWasDrainedCountsAtItsLength) {
  const BlockBuilder drained = Block(1, 1100, 0x10);
  BlockBuilder grown = drained;
  grown.Alloc(1, 0x20, 8, 1200);
  const Loaded l = LoadText(Start().Chunk(drained, 5 * kBlockBytes).text(),
                            SpoolBuilder().Ring(1, {grown}, 5).bytes());
  EXPECT_EQ(l.log.events, (Lines{At(0x10, 1100), At(0x20, 1200)}));
}

TEST(SpoolTest, ARingThatChangedHandsKeepsBothThreads) {
  const Loaded l =
      LoadText(Start().Thread(2, 4712, "second").text(),
               SpoolBuilder().Ring(2, {Block(1, 1100, 0x10), Block(2, 1200, 0x20)}, 3).bytes());
  EXPECT_EQ(l.log.events, (Lines{At(0x10, 1100), At(0x20, 1200, 2)}));
}

TEST(SpoolTest, ARingNeverUsedIsEmpty) {
  SpoolBuilder s;
  s.Ring(1, {Block(1, 1100, 0x10)}).ring(0).thread = 0;
  const Loaded l = LoadText(Start().text(), s.bytes());
  EXPECT_EQ(l.log.events, Lines{});
  EXPECT_EQ(l.Damages(), Lines{});
}

TEST(SpoolTest, ABlockJustBegunIsEmpty) {
  SpoolBuilder s;
  s.Ring(1, {Block(1, 1100, 0x10)}).ring(0).head = uint64_t{1} << 32;
  const Loaded l = LoadText(Start().text(), s.bytes());
  EXPECT_EQ(l.log.events, Lines{At(0x10, 1100)});
  EXPECT_EQ(l.Damages(), Lines{});
}

TEST(SpoolTest, TheThreadsLastNameAndDepthAreTheRings) {
  SpoolBuilder s;
  s.Ring(1, {}).ring(0).depth_max = 9999;
  memcpy(s.ring(0).name, "renamed-to-15ch", 15);
  s.ring(0).name[15] = 'X';  // no terminator: damaged, or read while it was written
  const Trace t = LoadText(Start().text(), s.bytes()).trace;
  ASSERT_EQ(t.threads.size(), 1u);
  EXPECT_EQ(t.threads[0].name, "renamed-to-15chX");
  EXPECT_EQ(t.threads[0].depth_max, 9999u);
}

TEST(SpoolTest, AThreadWhoseRecordWasCutOffIsKnownByItsRing) {
  SpoolBuilder s;
  s.Ring(2, {Block(2, 1200, 0x20)}).ring(0).depth_max = 640;
  const Trace t = LoadText(Start().text(), s.bytes()).trace;
  ASSERT_EQ(t.threads.size(), 2u);
  EXPECT_EQ(t.threads[1].id, 2u);
  EXPECT_EQ(t.threads[1].tid, 4712u);
  EXPECT_EQ(t.threads[1].name, "worker");
  EXPECT_EQ(t.threads[1].depth_max, 640u);
}

TEST(SpoolTest, TheModuleLogIsRead) {
  const Loaded l = LoadText(
      Start().text(),
      SpoolBuilder()
          .LogModule("{\"k\":\"module\",\"id\":1,\"path\":\"/lib/a.so\",\"low\":16,\"high\":32},\n")
          .LogModule("{\"k\":\"module\",\"id\":2,\"path\":\"/lib/b.so\",\"low\":32,\"high\":48},\n")
          .LogModule("{\"k\":\"unload\",\"id\":1,\"t\":1500},\n")
          .bytes());
  ASSERT_EQ(l.trace.modules.size(), 2u);
  EXPECT_EQ(l.trace.modules[0].unloaded, 1500u);
  EXPECT_EQ(l.trace.modules[1].path, "/lib/b.so");
  EXPECT_EQ(l.Damages(), Lines{});
}

TEST(SpoolTest, AModuleOfTheLogThatTheTraceHasIsOne) {
  TraceBuilder t = Start();
  t.Module(1, "/lib/a.so", 16, 32, 0);
  const Loaded l = LoadText(
      t.text(),
      SpoolBuilder()
          .LogModule("{\"k\":\"module\",\"id\":1,\"path\":\"/lib/a.so\",\"low\":16,\"high\":32},\n")
          .bytes());
  EXPECT_EQ(l.trace.modules.size(), 1u);
}

TEST(SpoolTest, AModuleLogEntryThatIsNotReadyEndsTheLog) {
  SpoolBuilder s;
  s.LogModule("{\"k\":\"module\",\"id\":1,\"path\":\"/lib/a.so\",\"low\":16,\"high\":32},\n");
  const size_t second = s.header.module_log_used;
  s.LogModule("{\"k\":\"module\",\"id\":2,\"path\":\"/lib/b.so\",\"low\":32,\"high\":48},\n");
  std::string bytes = s.bytes();
  memset(bytes.data() + wire::kSpoolPage + second, 0, sizeof(wire::LogEntry));
  const Loaded l = LoadText(Start().text(), bytes);
  ASSERT_EQ(l.trace.modules.size(), 1u);
  EXPECT_EQ(l.trace.modules[0].path, "/lib/a.so");
}

TEST(SpoolTest, AModuleLogEntryLongerThanTheLogEndsTheLog) {
  SpoolBuilder s;
  s.LogModule("{\"k\":\"module\",\"id\":1,\"path\":\"/lib/a.so\",\"low\":16,\"high\":32},\n");
  for (const uint32_t length : {0u, 1000u, 0x7fffffffu, 0xffffffffu, 0xfffffff8u}) {
    std::string bytes = s.bytes();
    memcpy(bytes.data() + wire::kSpoolPage, &length, 4);
    EXPECT_EQ(LoadText(Start().text(), bytes).trace.modules.size(), 0u) << length;
  }
}

TEST(SpoolTest, AModuleLogThatOverflowedIsReadToItsEnd) {
  SpoolBuilder s;
  s.LogModule("{\"k\":\"module\",\"id\":1,\"path\":\"/lib/a.so\",\"low\":16,\"high\":32},\n");
  s.header.module_log_used = UINT64_MAX;
  const Loaded l = LoadText(Start().text(), s.bytes());
  EXPECT_EQ(l.trace.modules.size(), 1u);
}

TEST(SpoolTest, AModuleLogLineThatIsNoRecordIsSaid) {
  const Loaded l = LoadText(Start().text(), SpoolBuilder().LogModule("rubbish").bytes());
  EXPECT_EQ(l.Damages(), Lines{"spool module log: not a record"});
}

TEST(SpoolTest, ASpoolOfAnotherProcessIsIgnoredAndSaid) {
  const Lines said = {"spool: it belongs to another process and is ignored"};
  SpoolBuilder other_pid, other_start;
  other_pid.Ring(1, {Block(1, 1100, 0x10)}).header.pid++;
  other_start.Ring(1, {Block(1, 1100, 0x10)}).header.start_ticks++;
  for (const SpoolBuilder* s : {&other_pid, &other_start}) {
    const Loaded l = LoadText(Start().text(), s->bytes());
    EXPECT_EQ(l.log.events, Lines{});
    EXPECT_EQ(l.Damages(), said);
    EXPECT_FALSE(l.trace.from_spool);
  }
}

TEST(SpoolTest, BesideACompleteTraceItIsNotLookedAt) {
  const Loaded l =
      LoadText(Start().End(2000).text(), SpoolBuilder().Ring(1, {Block(1, 1100, 0x10)}).bytes());
  EXPECT_EQ(l.log.events, Lines{});
  EXPECT_FALSE(l.trace.from_spool);
}

TEST(SpoolTest, AnotherFileInItsPlaceIsIgnoredAndSaid) {
  const Loaded l = LoadText(Start().text(), std::string(200000, 'x'));
  EXPECT_EQ(l.Damages(), Lines{"spool: not a spool of this version"});
}

TEST(SpoolTest, ANewerVersionIsIgnoredAndSaid) {
  SpoolBuilder s;
  s.Ring(1, {Block(1, 1100, 0x10)}).header.version = 2;
  const Loaded l = LoadText(Start().text(), s.bytes());
  EXPECT_EQ(l.log.events, Lines{});
  EXPECT_EQ(l.Damages(), Lines{"spool: not a spool of this version"});
}

TEST(SpoolTest, ARingSizeThatCannotBeIsRefused) {
  for (const uint32_t size : {0u, 4u, 4095u, 16385u, 0x80000000u, 0xffffffffu}) {
    SpoolBuilder s;
    s.Ring(1, {Block(1, 1100, 0x10)}).header.ring_bytes = size;
    const Loaded l = LoadText(Start().text(), s.bytes());
    EXPECT_EQ(l.Damages(), Lines{"spool: not a spool of this version"}) << size;
  }
}

TEST(SpoolTest, ASpoolCutInsideItsHeaderIsSaid) {
  const std::string bytes = SpoolBuilder().bytes();
  for (const size_t n : {1ul, 8ul, 4096ul, bytes.size() - 1}) {
    EXPECT_EQ(LoadText(Start().text(), bytes.substr(0, n)).Damages(),
              Lines{"spool: it is cut inside its header"})
        << n;
  }
}

TEST(SpoolTest, AnEmptySpoolIsNone) { EXPECT_EQ(LoadText(Start().text(), "").Damages(), Lines{}); }

TEST(SpoolTest, ACutRingIsSaidAndTheOnesBeforeItStay) {
  const std::string bytes =
      SpoolBuilder().Ring(1, {Block(1, 1100, 0x10)}).Ring(2, {Block(2, 1200, 0x20)}).bytes();
  const Loaded l = LoadText(Start().text(), bytes.substr(0, bytes.size() - 1));
  EXPECT_EQ(l.log.events, Lines{At(0x10, 1100)});
  EXPECT_EQ(l.Damages(), Lines{"spool ring 1: the spool is cut"});
}

TEST(SpoolTest, MoreRingsThanTheFileHoldsAreNotLookedFor) {
  SpoolBuilder s;
  s.Ring(1, {Block(1, 1100, 0x10)}).header.ring_count = UINT32_MAX;
  const Loaded l = LoadText(Start().text(), s.bytes());
  EXPECT_EQ(l.log.events, Lines{At(0x10, 1100)});
}

TEST(SpoolTest, RingPositionsThatCannotBeLoseTheRingAndAreSaid) {
  const uint64_t kNewest[] = {4, 1000, UINT32_MAX};
  for (const uint64_t newest : kNewest) {
    SpoolBuilder s;
    s.Ring(1, {Block(1, 1100, 0x10)}).Ring(2, {Block(2, 1200, 0x20)});
    s.ring(0).head = newest << 32 | 40;  // five blocks or more, of four
    const Loaded l = LoadText(Start().text(), s.bytes());
    EXPECT_EQ(l.Damages(), Lines{"spool ring 0: its positions are damaged"}) << newest;
    EXPECT_EQ(l.log.events, Lines{At(0x20, 1200, 2)});
  }
}

TEST(SpoolTest, ATailBehindTheHeadLosesTheRingAndIsSaid) {
  for (const uint64_t tail : {uint64_t{2}, UINT64_MAX, uint64_t{1} << 32}) {
    SpoolBuilder s;
    s.Ring(1, {Block(1, 1100, 0x10)}).ring(0).tail = tail;
    const Loaded l = LoadText(Start().text(), s.bytes());
    EXPECT_EQ(l.Damages(), Lines{"spool ring 0: its positions are damaged"}) << tail;
    EXPECT_EQ(l.log.events, Lines{});
  }
}

TEST(SpoolTest, ADrainedRingIsEmpty) {
  SpoolBuilder s;
  s.Ring(1, {Block(1, 1100, 0x10)}).ring(0).tail = 1;
  const Loaded l = LoadText(Start().text(), s.bytes());
  EXPECT_EQ(l.Damages(), Lines{});
  EXPECT_EQ(l.log.events, Lines{});
}

TEST(SpoolTest, ABlockLongerThanItCanBeIsLeftOutAndSaid) {
  SpoolBuilder s;
  s.Ring(1, {Block(1, 1100, 0x10), Block(1, 1200, 0x20)}).ring(0).used[0] = kBlockBytes + 1;
  const Loaded l = LoadText(Start().text(), s.bytes());
  EXPECT_EQ(l.Damages(), Lines{"spool ring 0: a block's length is damaged"});
  EXPECT_EQ(l.log.events, Lines{At(0x20, 1200)});
}

TEST(SpoolTest, ABlockOfDamagedRecordsGivesWhatStandsBeforeTheDamage) {
  SpoolBuilder s;
  s.Ring(1, {Block(1, 1100, 0x10)}).ring(0).head += 20;  // zeroes behind the last record
  const Loaded l = LoadText(Start().text(), s.bytes());
  EXPECT_EQ(l.log.events, Lines{At(0x10, 1100)});
  ASSERT_FALSE(l.Damages().empty());
  EXPECT_EQ(l.Damages().front(), "spool ring 0: a block is damaged");
}

TEST(SpoolTest, ABlockOfNoThreadIsLeftOut) {
  const Loaded l = LoadText(Start().text(), SpoolBuilder().Ring(1, {Block(0, 1100, 0x10)}).bytes());
  EXPECT_EQ(l.log.events, Lines{});
}

TEST(SpoolTest, TheEndingSeenIsSaidWithItsStatus) {
  const std::pair<wire::Ending, Ending> kEndings[] = {
      {wire::Ending::kExit, Ending::kExit},
      {wire::Ending::kUnderscoreExit, Ending::kUnderscoreExit},
      {wire::Ending::kQuickExit, Ending::kQuickExit},
      {wire::Ending::kExec, Ending::kExec}};
  for (const auto& [written, read] : kEndings) {
    SpoolBuilder s;
    s.header.ending = written;
    s.header.exit_status = 0x103;
    const Trace t = LoadText(Start().text(), s.bytes()).trace;
    EXPECT_EQ(t.ending, read);
    EXPECT_EQ(t.exit_status, read == Ending::kExec ? std::nullopt : std::optional<int>(3));
  }
}

TEST(SpoolTest, AnEndingThatIsNoneIsADeath) {
  SpoolBuilder s;
  s.header.ending = static_cast<wire::Ending>(77);
  s.header.exit_status = 3;
  const Trace t = LoadText(Start().text(), s.bytes()).trace;
  EXPECT_EQ(t.ending, Ending::kDied);
  EXPECT_EQ(t.exit_status, std::nullopt);
}

TEST(SpoolTest, EventsAfterTheEndStampAreNotPlayed) {
  SpoolBuilder s;
  s.Ring(1, {Block(1, 1100, 0x10), Block(1, 1900, 0x20)}).header.end_stamp = 1500;
  const Loaded l = LoadText(Start().text(), s.bytes());
  EXPECT_EQ(l.log.events, Lines{At(0x10, 1100)});
  EXPECT_EQ(l.replay.after_end, 1u);
}

TEST(SpoolTest, ALivingProcessIsSaidToBeRunning) {
  std::ifstream in("/proc/self/stat");
  const std::string stat((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  size_t at = stat.rfind(')');
  for (int field = 2; field < 22; field++) at = stat.find(' ', at + 1);
  const std::string ticks = stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);

  const std::string header = "{\"allocprof\":1,\"minor\":0,\"pid\":" + std::to_string(getpid()) +
                             ",\"start_ticks\":" + ticks + ",";
  SpoolBuilder s;
  s.header.pid = static_cast<uint32_t>(getpid());
  s.header.start_ticks = std::stoull(ticks);
  EXPECT_EQ(LoadText(TraceBuilder().Header(header).text(), s.bytes()).trace.ending,
            Ending::kRunning);
}

TEST(SpoolTest, LossesAndCostsAreTaken) {
  SpoolBuilder s;
  s.header.lost[static_cast<int>(wire::Lost::kNested)] = 3;
  s.header.lost[7] = 9;  // of a later version: no name
  s.header.drain_cycles = 10;
  s.header.hook_cycles = 20;
  s.header.mapped_bytes = 30;
  s.header.stacks_cut = 1;
  s.header.verified = 2;
  s.header.different = 1;
  s.header.window = 1;
  const Trace t = LoadText(Start().text(), s.bytes()).trace;
  ASSERT_EQ(t.lost.size(), 1u);
  EXPECT_EQ(t.lost[0].why, "nested");
  EXPECT_EQ(t.lost[0].events, 3u);
  EXPECT_EQ(t.drain_cycles, 10u);
  EXPECT_EQ(t.hook_cycles, 20u);
  EXPECT_EQ(t.mapped_bytes, 30u);
  EXPECT_EQ(t.stacks_cut, 1u);
  EXPECT_EQ(t.stacks_verified, 2u);
  EXPECT_EQ(t.stacks_different, 1u);
  EXPECT_TRUE(t.window);
}

TEST(SpoolTest, WithoutAPathThereIsNone) {
  EXPECT_TRUE(ReadSpool("").bytes.empty());
  EXPECT_TRUE(ReadSpool("/nonexistent/trace.json.spool").bytes.empty());
}

}  // namespace
}  // namespace allocprof::trace
