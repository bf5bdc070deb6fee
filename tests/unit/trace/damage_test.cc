// SPDX-License-Identifier: Apache-2.0
//
// Every way to break a trace.json, one test each: what is lost, what is said, what stays.
#include <gtest/gtest.h>

#include "loaded.h"
#include "support/recording.h"

namespace allocprof::trace {
namespace {

using test::Base64;
using test::BlockBuilder;
using test::ChunkLine;
using test::Recording;
using test::TraceBuilder;
using Lines = std::vector<std::string>;

BlockBuilder OneMalloc(uint32_t thread = 1, uint64_t stamp = 1100, uint64_t address = 0x1000) {
  BlockBuilder b(thread, 1000, 1);
  b.Alloc(b.Define(0, 0x100), address, 24, stamp);
  return b;
}

// The damage of a trace with `line` between two good chunks, which must both survive it.
Lines DamageOfLine(const std::string& line) {
  const Loaded l = LoadText(TraceBuilder()
                                .Chunk(OneMalloc(1, 1100, 0x1000), 0)
                                .Line(line)
                                .Chunk(OneMalloc(2, 1200, 0x2000), 0)
                                .End(2000)
                                .text());
  EXPECT_TRUE(l.status.ok()) << l.status.message();
  EXPECT_EQ(l.log.events, (Lines{"1 malloc 0x1000 24 @1100", "2 malloc 0x2000 24 @1200"})) << line;
  return l.Damages();
}

Status StatusOf(const std::string& text) { return LoadText(text).status; }

TEST(DamageTest, AnEmptyFileIsRefused) {
  const Status s = StatusOf("");
  EXPECT_EQ(s.code(), ErrorCode::kDamaged);
  EXPECT_NE(s.message().find("the file is empty"), std::string::npos) << s.message();
}

TEST(DamageTest, AFileThatIsNoTraceIsRefusedWithTheRemedy) {
  for (const char* text : {"hello\n", "{\"traceEvents\":[]},\n", "[1,2,3],\n", "\n\n", "{},\n",
                           "\x7f"
                           "ELF\x02\x01\x01,\n",
                           "null,\n"}) {
    const Status s = StatusOf(text);
    EXPECT_EQ(s.code(), ErrorCode::kDamaged) << text;
    EXPECT_NE(s.message().find("not an allocprof trace"), std::string::npos) << s.message();
    EXPECT_NE(s.message().find("trace.json: line 1: "), std::string::npos) << s.message();
  }
}

TEST(DamageTest, ANewerMajorIsRefusedWithBothNumbers) {
  const Status s = StatusOf("{\"allocprof\":7,\"minor\":2,\n\"records\":[\n");
  EXPECT_EQ(s.code(), ErrorCode::kTooNew);
  EXPECT_NE(s.message().find("format version 7 is newer than this allocprof's 1"),
            std::string::npos)
      << s.message();
}

TEST(DamageTest, AVersionThatIsNoNumberIsRefused) {
  for (const char* version : {"\"1\"", "null", "1.5", "-1", "0", "{}"}) {
    const Status s = StatusOf(std::string("{\"allocprof\":") + version + ",\n\"records\":[\n");
    EXPECT_EQ(s.code(), ErrorCode::kDamaged) << version;
  }
}

TEST(DamageTest, ANewerMinorIsRead) {
  EXPECT_TRUE(StatusOf("{\"allocprof\":1,\"minor\":99,\n\"records\":[\n").ok());
}

TEST(DamageTest, HeaderMembersOfTheWrongTypeReadAsNothing) {
  const Loaded l = LoadText(
      "{\"allocprof\":1,\"pid\":\"x\",\"stamp\":-5,\"ns\":1.5,\"exe\":3,\"argv\":[1,\"a\",null],\n"
      "\"records\":[\n");
  ASSERT_TRUE(l.status.ok());
  EXPECT_EQ(l.trace.header.pid, 0u);
  EXPECT_EQ(l.trace.header.stamp, 0u);
  EXPECT_EQ(l.trace.header.ns, 0u);
  EXPECT_EQ(l.trace.header.exe, "");
  EXPECT_EQ(l.trace.header.argv, Lines{"a"});
}

TEST(DamageTest, ALineThatIsNoJsonIsLeftOut) {
  EXPECT_EQ(DamageOfLine("{\"k\":\"sample\",\"t\":"), Lines{"line 4: not a record"});
  EXPECT_EQ(DamageOfLine("\"sample\""), Lines{"line 4: not a record"});
  EXPECT_EQ(DamageOfLine("[]"), Lines{"line 4: not a record"});
}

TEST(DamageTest, ALineThatIsNoUtf8IsLeftOut) {
  EXPECT_EQ(DamageOfLine("{\"k\":\"thread\",\"id\":1,\"name\":\"\xff\xfe\"}"),
            Lines{"line 4: not a record"});
}

TEST(DamageTest, DeeplyNestedJsonIsLeftOut) {
  EXPECT_EQ(DamageOfLine(std::string(100000, '[')), Lines{"line 4: not a record"});
}

TEST(DamageTest, AnUnknownKindIsSkippedAndSaid) {
  EXPECT_EQ(DamageOfLine(R"({"k":"weather","t":5})"),
            Lines{"line 4: unknown record kind \"weather\", skipped"});
}

TEST(DamageTest, ARecordWithoutAKindIsSkippedAndSaid) {
  EXPECT_EQ(DamageOfLine("{}"), Lines{"line 4: unknown record kind \"\", skipped"});
}

TEST(DamageTest, ARecordWithoutItsMembersIsLeftOut) {
  EXPECT_EQ(DamageOfLine(R"({"k":"module"})"),
            Lines{"line 4: a module record without its members"});
  EXPECT_EQ(DamageOfLine(R"({"k":"thread","id":0})"),
            Lines{"line 4: a thread record without its members"});
  EXPECT_EQ(DamageOfLine(R"({"k":"chunk","thread":1})"),
            Lines{"line 4: a chunk record without its members"});
  EXPECT_EQ(DamageOfLine(R"({"k":"end","reason":"boredom"})"),
            Lines{"line 4: a end record without its members"});
}

TEST(DamageTest, AModuleThatEndsBeforeItBeginsIsLeftOut) {
  EXPECT_EQ(DamageOfLine(R"({"k":"module","id":1,"path":"/a","low":32,"high":16})"),
            Lines{"line 4: a module record without its members"});
}

TEST(DamageTest, AChunkThatEndsBeforeItBeginsIsLeftOut) {
  EXPECT_EQ(DamageOfLine(ChunkLine(1, 4096, 4096, 0, 0, 0, "")),
            Lines{"line 4: a chunk record without its members"});
}

TEST(DamageTest, AnUnloadOfAModuleThatIsNotThereIsNoHarm) {
  EXPECT_EQ(DamageOfLine(R"({"k":"unload","id":77,"t":5})"), Lines{});
}

TEST(DamageTest, EmptyLinesAreNoDamage) {
  const std::string text = TraceBuilder().Chunk(OneMalloc(), 0).text();
  const Loaded l = LoadText(text + "\n\n" + ChunkLine(OneMalloc(2), 0) + ",\n\n");
  EXPECT_EQ(l.log.events.size(), 2u);
  EXPECT_EQ(l.Damages(), Lines{});
}

TEST(DamageTest, AHoleIsSkippedAndSaid) {
  const Loaded l = LoadText(TraceBuilder()
                                .Chunk(OneMalloc(1, 1100, 0x1000), 0)
                                .Hole(5000)
                                .Chunk(OneMalloc(2, 1200, 0x2000), 0)
                                .End(2000)
                                .text());
  EXPECT_EQ(l.log.events.size(), 2u);
  EXPECT_EQ(l.Damages(), Lines{"line 4: a hole in the file"});
}

TEST(DamageTest, AHoleOverAnEndOfLineLosesWhatItCovers) {
  std::string text = TraceBuilder()
                         .Chunk(OneMalloc(1, 1100, 0x1000), 0)
                         .Chunk(OneMalloc(2, 1200, 0x2000), 0)
                         .Chunk(OneMalloc(3, 1300, 0x3000), 0)
                         .text();
  // The second half of the second chunk, and its newline.
  const size_t second = text.find("{\"k\":\"chunk\",\"thread\":2");
  const size_t third = text.find("{\"k\":\"chunk\",\"thread\":3");
  text.replace(second + 40, third - second - 40, std::string(third - second - 40, '\0'));
  const Loaded l = LoadText(text);
  EXPECT_EQ(l.log.events, (Lines{"1 malloc 0x1000 24 @1100", "3 malloc 0x3000 24 @1300"}));
  EXPECT_EQ(l.Damages(), Lines{"line 4: a hole in the file"});
}

TEST(DamageTest, AHoleAtTheEndIsSaid) {
  const Loaded l = LoadText(TraceBuilder().Chunk(OneMalloc(), 0).Hole(100).text());
  EXPECT_EQ(l.log.events.size(), 1u);
  EXPECT_EQ(l.Damages(), Lines{"line 4: a hole in the file"});
}

TEST(DamageTest, AFileOfNothingButNulsIsRefused) {
  EXPECT_EQ(StatusOf(std::string(10000, '\0')).code(), ErrorCode::kDamaged);
}

TEST(DamageTest, BytesOutsideBase64LoseTheChunk) {
  std::string data = Base64(OneMalloc().bytes());
  data[5] = '*';
  EXPECT_EQ(DamageOfLine(ChunkLine(3, 0, 40, 1, 1100, 1100, data)),
            Lines{"chunk of thread 3 at 0: its data is not base64"});
}

TEST(DamageTest, Base64CutInTheMiddleOfFourLosesTheChunk) {
  std::string data = Base64(OneMalloc().bytes());
  data.pop_back();
  EXPECT_EQ(DamageOfLine(ChunkLine(3, 0, 40, 1, 1100, 1100, data)),
            Lines{"chunk of thread 3 at 0: its data is not base64"});
}

TEST(DamageTest, DataThatIsNotClosedLosesTheChunk) {
  const std::string line = ChunkLine(OneMalloc(3), 0);
  EXPECT_EQ(DamageOfLine(line.substr(0, line.size() - 10)), Lines{"line 4: a chunk is cut"});
}

TEST(DamageTest, AChunkWithoutDataHasNoRecords) {
  EXPECT_EQ(DamageOfLine(ChunkLine(3, 0, 40, 0, 0, 0, "")),
            Lines{"chunk of thread 3 at 0: its records end before their time"});
}

TEST(DamageTest, AChunkThatCountsItsEventsWronglyIsPlayedAndSaid) {
  const BlockBuilder b = OneMalloc(3, 1150, 0x5000);
  const Loaded l = LoadText(
      TraceBuilder().Line(ChunkLine(3, 0, 40, 99, 1150, 1150, Base64(b.bytes()))).End(2000).text());
  EXPECT_EQ(l.log.events, Lines{"3 malloc 0x5000 24 @1150"});
  EXPECT_EQ(l.Damages(), Lines{"chunk of thread 3 at 0: it does not hold the events that it says"});
}

TEST(DamageTest, RecordsCutInsideAChunkLoseTheRest) {
  BlockBuilder b = OneMalloc(3, 1150, 0x5000);
  const size_t first = b.bytes().size();
  b.Alloc(1, 0x6000, 24, 1160);
  for (size_t n = first + 1; n < b.bytes().size(); n++) {
    const Loaded l =
        LoadText(TraceBuilder()
                     .Line(ChunkLine(3, 0, n, 2, 1150, 1160, Base64(b.bytes().substr(0, n))))
                     .text());
    EXPECT_EQ(l.log.events, Lines{"3 malloc 0x5000 24 @1150"}) << n;
    EXPECT_EQ(l.Damages(),
              (Lines{"chunk of thread 3 at 0: its records end before their time",
                     "chunk of thread 3 at 0: it does not hold the events that it says"}))
        << n;
  }
}

TEST(DamageTest, EveryFlippedByteOfAChunkIsSurvived) {
  BlockBuilder b = OneMalloc();
  b.Free(1, 0x1000, 1200);
  b.Failed(1, 5, 1300);
  const std::string good = b.bytes();
  for (size_t i = 0; i < good.size(); i++) {
    for (const int flip : {0x01, 0x08, 0x80, 0xff}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      const Loaded l = LoadText(
          TraceBuilder().Line(ChunkLine(1, 0, 99, 3, 1100, 1300, Base64(bad))).End(2000).text());
      EXPECT_TRUE(l.status.ok());
      // No record has fewer than two bytes.
      EXPECT_LE(l.log.events.size(), (good.size() - sizeof(wire::BlockHead)) / 2) << i;
    }
  }
}

TEST(DamageTest, RecordsOfAnUnknownKindAreCountedAndSteppedOver) {
  BlockBuilder b(1, 1000, 1);
  b.Record(wire::Record::kExtended, 3, 1, 2, 3, 4);
  b.Alloc(0, 0x1000, 8, 1100);
  b.Record(wire::Record::kExtended, 3, 1, 2, 3, 4);
  const Loaded l = LoadText(TraceBuilder().Chunk(b, 0).End(2000).text());
  EXPECT_EQ(l.log.events, Lines{"1 malloc 0x1000 8 @1100"});
  EXPECT_EQ(l.replay.skipped_kinds, 2u);
  EXPECT_EQ(l.Damages(), Lines{});
}

TEST(DamageTest, AChunkSaidTwiceCountsOnce) {
  const Loaded l =
      LoadText(TraceBuilder().Chunk(OneMalloc(), 0).Chunk(OneMalloc(), 0).End(2000).text());
  EXPECT_EQ(l.log.events, Lines{"1 malloc 0x1000 24 @1100"});
}

TEST(DamageTest, OfTwoChunksAtOnePositionTheLongerCounts) {
  BlockBuilder longer = OneMalloc();
  longer.Free(1, 0x1000, 1200);
  for (const bool first : {true, false}) {
    TraceBuilder t;
    t.Chunk(first ? longer : OneMalloc(), 0).Chunk(first ? OneMalloc() : longer, 0);
    EXPECT_EQ(LoadText(t.text()).log.events,
              (Lines{"1 malloc 0x1000 24 @1100", "1 free 0x1000 @1200"}));
  }
}

TEST(DamageTest, AnEndRecordThatDisagreesIsKeptToBeHeldAgainstTheReplay) {
  const Loaded l = LoadText(TraceBuilder()
                                .Chunk(OneMalloc(), 0)
                                .Line(R"({"k":"end","reason":"exit","t":2000,)"
                                      R"("totals":{"events":5,"allocations":5}})")
                                .text());
  ASSERT_TRUE(l.trace.totals.has_value());
  EXPECT_EQ(l.trace.totals->events, 5u);
  EXPECT_EQ(l.replay.totals.events, 1u);
}

}  // namespace
}  // namespace allocprof::trace
