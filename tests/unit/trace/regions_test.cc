// SPDX-License-Identifier: Apache-2.0
//
// Regions, pools and their names, from the file to the sink: order, dump, several processes, the
// packed form, and records that are not what they should be.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "loaded.h"
#include "support/process_family.h"
#include "support/recording.h"
#include "support/temp_dir.h"
#include "trace/census.h"
#include "trace/dump.h"
#include "trace/merge.h"
#include "trace/names.h"
#include "trace/packed_document.h"

namespace allocprof::trace {
namespace {

using test::Recording;
using wire::PoolOp;

Recording Program() {
  Recording r;
  r.Name(1, "parse").Name(2, "nodes");
  r.Enter(1, 1, wire::kRegionNoAlloc).Malloc(1, {0x100}, 0x1000, 24);
  r.Pool(1, PoolOp::kAlloc, 2, 0x1008, 8, {0x100});
  r.Malloc(2, {0x200}, 0x2000, 8).Enter(2, 7);
  r.Pool(1, PoolOp::kReset, 2).Leave(1, 1).Free(2, 0x1000);
  return r;
}

TEST(RegionRecordsTest, ArePlayedInTheOrderOfTheirThread) {
  const Loaded loaded = LoadText(Program().Text());
  EXPECT_EQ(loaded.Damages(), std::vector<std::string>());
  EXPECT_EQ(loaded.log.events, (std::vector<std::string>{
                                   "1 region 1 flags 2 @1010",
                                   "1 malloc 0x1000 24 @1020",
                                   "1 pool 2 op 0 0x1008 8 @1020",
                                   "1 pool 2 op 2 0x0 0 @1020",
                                   "2 malloc 0x2000 8 @1030",
                                   "2 region 7 flags 0 @1040",
                                   "1 region 1 flags 1 @1050",
                                   "2 free 0x1000 @1060",
                               }));
  EXPECT_EQ(loaded.replay.skipped_kinds, 0u);
  EXPECT_EQ(loaded.replay.totals.events, 3u);
}

TEST(RegionRecordsTest, AreDumpedWithTheirNames) {
  const test::TempDir dir;
  std::ostringstream out;
  Recording r = Program();
  r.records().Line(R"({"k":"mark","t":1015,"name":"half"})");
  ASSERT_TRUE(Dump(dir.Write("trace.json", r.Text()), out).ok());
  std::vector<nlohmann::json> regions, pools, marks;
  for (const nlohmann::json& j : nlohmann::json::parse(out.str())) {
    if (j["k"] == "region") regions.push_back(j);
    if (j["k"] == "pool") pools.push_back(j);
    if (j["k"] == "mark") marks.push_back(j);
  }
  ASSERT_EQ(regions.size(), 3u);
  EXPECT_EQ(regions[0]["name"], "parse");
  EXPECT_EQ(regions[0]["what"], "begin");
  EXPECT_EQ(regions[0]["no_alloc"], true);
  EXPECT_EQ(regions[1]["name"], "region 7");
  EXPECT_EQ(regions[2]["what"], "end");
  ASSERT_EQ(pools.size(), 2u);
  EXPECT_EQ(pools[0]["name"], "nodes");
  EXPECT_EQ(pools[0]["size"], 8);
  EXPECT_EQ(pools[1]["what"], "reset");
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0]["name"], "half");
}

TEST(RegionRecordsTest, ANameIsWhatItSaysOrDamage) {
  Recording r;
  const std::string longest(1 << 16, 'x');
  r.Name(1, longest).Name(2, longest + "x").Name(0, "zero").Name(3, "");
  r.Name(4, "first").Name(4, "second").Name(uint64_t{1} << 40, "far");
  r.records().Line(R"({"k":"name","id":"5","name":"text"})").Line(R"({"k":"name","id":6})");
  r.Malloc(1, {0x100}, 0x1000, 24);
  const Loaded loaded = LoadText(r.Text());
  EXPECT_EQ(loaded.Damages().size(), 5u);
  const Names names(loaded.trace);
  EXPECT_EQ(names.Region(0, 1), longest);
  EXPECT_EQ(names.Region(0, 2), "region 2");
  EXPECT_EQ(names.Region(0, 4), "first");
  EXPECT_EQ(names.Pool(0, 5), "pool 5");
  EXPECT_EQ(names.Pool(0, UINT64_MAX), "pool 18446744073709551615");
}

TEST(RegionRecordsTest, NamesAreTheProcesssOwn) {
  Recording a = test::RecordingOf({.pid = 10, .stamp = 1000});
  Recording b = test::RecordingOf({.pid = 20, .stamp = 1500});
  a.Name(1, "parse").Enter(1, 1).Malloc(1, {0x100}, 0x1000, 24);
  b.Name(1, "print").Enter(1, 1).Malloc(1, {0x100}, 0x1000, 24);
  b.records().Line(R"({"k":"mark","t":1505,"name":"late"})");
  a.records().Line(R"({"k":"mark","t":1005,"name":"early"})");
  const auto together = test::LoadTogether({b.Text(), a.Text()});
  std::ostringstream merged;
  ASSERT_TRUE(WriteMerged(*together, merged).ok());
  const Loaded again = LoadText(merged.str());
  for (const Trace* trace : {together.get(), &again.trace}) {
    const Names names(*trace);
    ASSERT_EQ(trace->marks.size(), 2u);
    EXPECT_EQ(trace->marks[0].name, "early");
    std::vector<std::string> entered;
    struct Sink : public EventSink {
      void Define(uint32_t, const wire::Event&) override {}
      void Deeper(uint32_t, const wire::Event&) override {}
      void OnEvent(uint32_t, const wire::Event&) override {}
      void OnRegion(uint32_t thread, const wire::Event& e) override {
        entered->push_back(names->Region(names->ProcessOf(thread), e.address));
      }
      const Names* names;
      std::vector<std::string>* entered;
    } sink;
    sink.names = &names;
    sink.entered = &entered;
    Replay(*trace, &sink);
    EXPECT_EQ(entered, (std::vector<std::string>{"parse", "print"}));
  }
}

TEST(RegionRecordsTest, ComeBackFromThePackedFormBitByBit) {
  const std::string document = Program().Text();
  std::string packed, back;
  DocumentPacker packer([&packed](std::string_view bytes) { packed += bytes; });
  std::istringstream lines(document);
  for (std::string line; std::getline(lines, line);) packer.Add(line + "\n");
  packer.Finish();
  EXPECT_EQ(packed.find("\"data\":\"D"), packed.npos);  // its blocks are in columns
  UnpackDocument(packed, [&back](std::string_view bytes) { back += bytes; });
  EXPECT_EQ(back, document);
}

TEST(RegionRecordsTest, TheCensusTellsThemApart) {
  const std::string document = Program().Text();
  const Census census = Count(document);
  EXPECT_EQ(census.regions.records, 3u);
  EXPECT_EQ(census.pools.records, 2u);
  EXPECT_EQ(census.costs.records, 0u);
  EXPECT_EQ(census.extended.records, 0u);
  EXPECT_EQ(census.plain.at("name").records, 2u);
  EXPECT_EQ(census.Sum(), document.size());
}

}  // namespace
}  // namespace allocprof::trace
