// SPDX-License-Identifier: Apache-2.0
#include "trace/resources.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loaded.h"
#include "support/block_builder.h"
#include "support/spool_builder.h"
#include "support/trace_builder.h"

namespace allocprof::trace {
namespace {

using test::TraceBuilder;

constexpr char kEnd[] =
    R"({"k":"end","reason":"exit","status":0,"t":5000,"ns":9000,"rss":8192,"file":4096,)"
    R"("heap":135168,"mapped":4096,"faults":[7,2],"totals":{"events":0},"lost":{},"full":3000,)"
    R"("dropped":{"events":9,"allocations":4,"frees":5,"reallocations":1,"allocated_bytes":64,)"
    R"("failed":0},"off":{"allocations":11,"allocated_bytes":110},"cpu":[100,50],"rss_peak":12288,)"
    R"("mapped_by":{"program":{"maps":1,"unmaps":2,"remaps":3,"mapped_bytes":4,)"
    R"("unmapped_bytes":5,"peak_bytes":6},"allocator":{"maps":8}},)"
    R"("overhead":{"drain":1,"drain_ns":2,"hooks":3,"resident":[20,30]}})";

TEST(ResourcesTest, SamplesMarksAndTheEndAreRead) {
  TraceBuilder b;
  b.Line(R"({"k":"mark","t":2500,"what":"on"})").Line(R"({"k":"mark","t":2000,"what":"off"})");
  b.Line(R"({"k":"thread","id":1,"tid":5,"name":"x","high_water":8192,"t":1000})");
  const Loaded l = LoadText(b.text() + kEnd + "\n]}\n");
  ASSERT_TRUE(l.status.ok());
  EXPECT_EQ(l.Damages(), std::vector<std::string>{});
  const Resources& r = l.trace.resources;
  ASSERT_EQ(r.switches.size(), 2u);
  EXPECT_EQ(r.switches[0].stamp, 2000u);
  EXPECT_TRUE(r.switches[0].off);
  EXPECT_FALSE(r.switches[1].off);
  EXPECT_EQ(l.trace.threads.at(0).stack_high_water, 8192u);
  EXPECT_EQ(r.full_stamp, 3000u);
  EXPECT_EQ(r.dropped.allocations, 4u);
  EXPECT_EQ(r.dropped.frees, 5u);
  EXPECT_EQ(r.dropped.allocated_bytes, 64u);
  EXPECT_EQ(r.passed_allocations, 11u);
  EXPECT_EQ(r.passed_bytes, 110u);
  EXPECT_TRUE(r.usage_known);
  EXPECT_EQ(r.user_ns, 100u);
  EXPECT_EQ(r.system_ns, 50u);
  EXPECT_EQ(r.peak_resident, 12288u);
  EXPECT_EQ(r.mapped_by_program.peak_bytes, 6u);
  EXPECT_EQ(r.mapped_by_allocator.maps, 8u);
  EXPECT_EQ(r.recorder_anonymous, 20u);
  EXPECT_EQ(r.recorder_file, 30u);
  const Sample& s = l.trace.samples.back();
  EXPECT_EQ(s.rss, 8192u);
  EXPECT_EQ(s.resident_file, 4096u);
  EXPECT_EQ(s.heap, 135168u);
  EXPECT_EQ(s.mapped, 4096u);
  EXPECT_EQ(s.minor_faults, 7u);
  EXPECT_EQ(s.major_faults, 2u);
}

TEST(ResourcesTest, ATraceOfTheFirstVersionHasNone) {
  const Loaded l = LoadText(TraceBuilder().Sample(2000, 6000, 4096).End(3000).text());
  EXPECT_FALSE(l.trace.resources.usage_known);
  EXPECT_TRUE(l.trace.resources.switches.empty());
  EXPECT_EQ(l.trace.samples.at(0).heap, 0u);
}

TEST(ResourcesTest, MembersOfAnotherTypeReadAsZero) {
  const auto j = nlohmann::json::parse(
      R"({"t":"x","rss":-1,"faults":{"0":1},"off":7,"full":[],"cpu":[true,"x"],"mapped_by":[]})");
  Resources r;
  ParseResources(j, &r);
  EXPECT_EQ(r.full_stamp, 0u);
  EXPECT_EQ(r.user_ns, 0u);
  const Sample s = ParseSample(j);
  EXPECT_EQ(s.rss, 0u);
  EXPECT_EQ(s.minor_faults, 0u);
}

TEST(ResourcesTest, AMarkOfUnknownWordIsDamage) {
  const Loaded l =
      LoadText(TraceBuilder().Line(R"({"k":"mark","t":2500,"what":"half"})").End(3000).text());
  EXPECT_EQ(l.Damages().size(), 1u);
  EXPECT_TRUE(l.trace.resources.switches.empty());
}

TEST(ResourcesTest, TheSpoolOfADeadProcessTellsWhatItCounted) {
  test::SpoolBuilder spool;
  spool.header.passed_allocations = 3;
  spool.header.full_stamp = 4000;
  spool.header.dropped.allocations = 5;
  spool.header.maps[0].maps = 6;
  const Loaded l = LoadText(TraceBuilder().text(), spool.bytes());
  const Resources& r = l.trace.resources;
  EXPECT_EQ(r.passed_allocations, 3u);
  EXPECT_EQ(r.full_stamp, 4000u);
  EXPECT_EQ(r.dropped.allocations, 5u);
  EXPECT_EQ(r.mapped_by_program.maps, 6u);
  EXPECT_FALSE(r.usage_known);
}

}  // namespace
}  // namespace allocprof::trace
