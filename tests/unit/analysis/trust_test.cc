// SPDX-License-Identifier: Apache-2.0
//
// What a report says of its trace: nothing of a sound one, and of each damage its own sentence.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "analysis/build_report.h"
#include "frames_by_hand.h"
#include "support/recording.h"
#include "support/spool_builder.h"
#include "support/temp_dir.h"

namespace allocprof::analysis {
namespace {

using test::BlockBuilder;
using test::Recording;
using test::SpoolBuilder;
using test::TraceBuilder;
using Notes = std::vector<std::string>;

report::Report ReportOf(const std::string& trace, const std::optional<std::string>& spool = {}) {
  const test::TempDir dir;
  const std::string path = dir.Write("trace.json", trace);
  if (spool) dir.Write("trace.json.spool", *spool);
  Result<report::Report> r = BuildReport(path, {.top = 0});
  EXPECT_TRUE(r.ok()) << r.status().message();
  return r.ok() ? std::move(r.value()) : report::Report();
}

bool Says(const report::Report& r, const std::string& note) {
  return std::find(r.notes.begin(), r.notes.end(), note) != r.notes.end();
}

Recording Small() {
  Recording r;
  r.Malloc(1, {0x100}, 0x1000, 24);
  return r;
}

BlockBuilder Block() {
  BlockBuilder b(1, 1000, 1);
  b.Alloc(b.Define(0, 0x100), 0x1000, 24, 1100);
  return b;
}

TEST(TrustTest, OfASoundTraceNothingIsSaid) {
  const report::Report r = ReportOf(Small().Text());
  EXPECT_EQ(r.notes, Notes{});
  EXPECT_EQ(ScalarText(r, "trust", "totals_proved"), "true");
  EXPECT_EQ(ScalarText(r, "trust", "damage"), "0");
  EXPECT_EQ(ScalarText(r, "trust", "events"), "1");
}

TEST(TrustTest, AMissingEndIsSaid) {
  const report::Report r = ReportOf(Small().TextWithoutEnd());
  EXPECT_TRUE(Says(r,
                   "The end of the trace is missing: the file was cut, or its spool was not kept "
                   "beside it."));
  EXPECT_EQ(ScalarText(r, "trust", "totals_proved"), "false");
  EXPECT_EQ(ScalarText(r, "process", "complete"), "false");
}

TEST(TrustTest, ADeathIsSaid) {
  const report::Report r = ReportOf(TraceBuilder().Sample(1500, 5500, 1).text(),
                                    SpoolBuilder().Ring(1, {Block()}).bytes());
  EXPECT_EQ(r.notes,
            Notes{"The process was killed or crashed; every event up to its death was kept "
                  "in the spool."});
  EXPECT_EQ(ScalarText(r, "trust", "from_spool"), "true");
}

TEST(TrustTest, AnExecIsSaid) {
  const report::Report r =
      ReportOf(TraceBuilder().Line(R"({"k":"end","reason":"exec","t":2000,"ns":6000})").text());
  EXPECT_EQ(r.notes,
            Notes{"The process replaced itself by exec; the new program has its own trace."});
}

TEST(TrustTest, EachReasonForLossIsSaid) {
  const std::pair<const char*, const char*> kReasons[] = {
      {"no_ring", "3 events were lost: there was no memory for a thread's ring."},
      {"nested", "3 events were lost: too many came from signal handlers inside one hook."},
      {"window", "3 events were lost: the trace file could not be written any more."},
      {"starting", "3 events were lost: the recorder was not ready yet."},
      {"max_size", "3 events were lost: the trace reached ALLOCPROF_MAX_SIZE."},
      {"sunspots", "3 events were lost: for a reason that this version does not know."}};
  for (const auto& [why, said] : kReasons) {
    const report::Report r = ReportOf(
        TraceBuilder()
            .Line(std::string(R"({"k":"end","reason":"exit","t":2000,"ns":6000,"lost":{")") + why +
                  "\":3}}")
            .text());
    EXPECT_EQ(r.notes, Notes{said});
    EXPECT_EQ(ScalarText(r, "totals", "lost_events"), "3");
  }
}

TEST(TrustTest, DamageIsSaidWithItsPlace) {
  const report::Report r =
      ReportOf(TraceBuilder().Line("{\"k\":\"weather\"}").Hole(9).End(2000).text());
  EXPECT_EQ(r.notes, (Notes{"Damage at line 3: unknown record kind \"weather\", skipped.",
                            "Damage at line 4: a hole in the file."}));
  EXPECT_EQ(ScalarText(r, "trust", "damage"), "2");
}

TEST(TrustTest, MuchDamageIsSummedUp) {
  TraceBuilder t;
  for (int i = 0; i < 100; i++) t.Line("rubbish");
  const report::Report r = ReportOf(t.End(2000).text());
  ASSERT_EQ(r.notes.size(), 6u);
  EXPECT_EQ(r.notes.back(), "Damage at 95 more places.");
  EXPECT_EQ(ScalarText(r, "trust", "damage"), "100");
}

TEST(TrustTest, DamageFoundWhileReplayingIsSaidToo) {
  const report::Report r =
      ReportOf(TraceBuilder().Line(test::ChunkLine(1, 0, 9, 0, 0, 0, "*")).End(2000).text());
  EXPECT_EQ(r.notes, Notes{"Damage at chunk of thread 1 at 0: its data is not base64."});
}

TEST(TrustTest, AnEndRecordThatDisagreesIsSaid) {
  // One of two chunks is gone.
  Recording two = Small();
  two.Cut(1).Free(1, 0x1000);
  std::string text = two.Text();
  const size_t second = text.find("{\"k\":\"chunk\"", text.find("{\"k\":\"chunk\"") + 1);
  text.erase(second, text.find('\n', second) + 1 - second);
  const report::Report r = ReportOf(text);
  EXPECT_EQ(r.notes, Notes{"The trace does not hold what its end record says: 1 of 2 events."});
  EXPECT_EQ(ScalarText(r, "trust", "totals_proved"), "false");
}

TEST(TrustTest, LostDefinitionsAreSaid) {
  BlockBuilder b(1, 1000, 1);
  b.Alloc(77, 0x1000, 8, 1100);
  const report::Report r = ReportOf(TraceBuilder().Chunk(b, 0).End(2000).text());
  EXPECT_EQ(r.notes, Notes{"1 events have a stack whose definition is lost."});
  EXPECT_EQ(ScalarText(r, "trust", "undefined_stacks"), "1");
}

TEST(TrustTest, RecordsOfALaterVersionAreSaid) {
  BlockBuilder b = Block();
  b.Record(wire::Record::kExtended, 15, 1, 2, 3, 4);
  b.Record(wire::Record::kExtended, 15, 1, 2, 3, 4);
  const report::Report r = ReportOf(TraceBuilder().Chunk(b, 0).End(2000).text());
  EXPECT_EQ(r.notes, Notes{"2 records are of a kind that this version does not know."});
}

TEST(TrustTest, AnUnmeasuredClockIsSaid) {
  EXPECT_TRUE(Says(ReportOf(TraceBuilder().text()),
                   "The process ended before its clock could be measured: times assume 2.5 GHz."));
}

TEST(TrustTest, StacksThatDifferFromLibunwindsAreSaid) {
  const report::Report r = ReportOf(TraceBuilder()
                                        .Line(R"({"k":"end","reason":"exit","t":2000,"ns":6000,)"
                                              R"("unwind":{"cut":4,"verified":100,"different":2}})")
                                        .text());
  EXPECT_EQ(r.notes, Notes{"2 of 100 stacks differ from libunwind's."});
  EXPECT_EQ(ScalarText(r, "trust", "stacks_cut"), "4");
}

TEST(TrustTest, ASpoolOfAnotherProcessIsSaid) {
  SpoolBuilder s;
  s.header.pid++;
  EXPECT_TRUE(Says(ReportOf(Small().TextWithoutEnd(), s.bytes()),
                   "Damage at spool: it belongs to another process and is ignored."));
}

TEST(TrustTest, ModulesWithoutTheirFileAreCounted) {
  Recording r = Small();
  r.records().Module(1, "/nonexistent/lib.so", 0, 0x1000, 0);
  EXPECT_EQ(ScalarText(ReportOf(r.Text()), "trust", "modules_without_file"), "1");
}

}  // namespace
}  // namespace allocprof::analysis
