// SPDX-License-Identifier: Apache-2.0
#include "support/consistency.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace allocprof::test {
namespace {

uint64_t Number(const report::Value& v) {
  const auto* n = std::get_if<uint64_t>(&v);
  return n != nullptr ? *n : 0;
}

uint64_t ScalarOf(const report::Report& report, const std::string& group, const std::string& key) {
  const report::ScalarGroup* found = report::FindGroup(report, group);
  const report::Scalar* scalar = found == nullptr ? nullptr : FindScalar(*found, key);
  EXPECT_NE(scalar, nullptr) << group << "." << key;
  return scalar == nullptr ? 0 : Number(scalar->value);
}

uint64_t TotalOf(const report::Report& report, const std::string& key) {
  return ScalarOf(report, "totals", key);
}

uint64_t SumOf(const report::Report& report, const std::string& table_key,
               const std::string& column) {
  const report::Table* table = report::FindTable(report, table_key);
  EXPECT_NE(table, nullptr) << table_key;
  if (table == nullptr) return 0;
  const int at = report::FindColumn(*table, column);
  EXPECT_GE(at, 0) << table_key << "." << column;
  if (at < 0) return 0;
  const auto c = static_cast<size_t>(at);
  uint64_t sum = table->omitted.empty() ? 0 : Number(table->omitted[c]);
  for (const auto& row : table->rows) sum += Number(row[c]);
  return sum;
}

}  // namespace

void CheckConsistency(const model::Profile& p) {
  const model::Totals& t = p.totals;
  EXPECT_EQ(
      t.start_blocks + t.allocations - (t.frees - t.unknown_frees) - t.reallocations - t.lost_frees,
      t.end_blocks + t.left_blocks);
  EXPECT_LE(t.leaked_blocks, t.end_blocks + t.left_blocks);
  EXPECT_LE(t.leaked_bytes, t.end_bytes + t.left_bytes);
  EXPECT_LE(t.unknown_frees, t.frees);
  EXPECT_LE(t.reallocations, t.allocations);
  EXPECT_LE(t.reallocations_in_place, t.reallocations);
  EXPECT_LE(t.temporary, t.frees);
  EXPECT_GE(t.peak_bytes, t.end_bytes);
  // Processes that ran one after the other leak more than there ever was at a time.
  const bool alone = p.trace->processes.size() == 1;
  EXPECT_TRUE(!alone || t.left_blocks == 0);
  EXPECT_TRUE(!alone || t.peak_bytes >= t.leaked_bytes);

  model::Totals sites;
  for (const model::Site& s : p.sites) {
    sites.allocations += s.allocations;
    sites.allocated_bytes += s.allocated_bytes;
    sites.reallocations += s.reallocations;
    sites.reallocations_in_place += s.reallocations_in_place;
    sites.temporary += s.temporary;
    sites.failed += s.failed;
    sites.peak_bytes += s.peak_bytes;
    sites.peak_blocks += s.peak_blocks;
    sites.leaked_bytes += s.leaked_bytes;
    sites.leaked_blocks += s.leaked_blocks;
    sites.start_bytes += s.start_bytes;
    sites.start_blocks += s.start_blocks;
    sites.end_bytes += s.end_bytes;
    sites.end_blocks += s.end_blocks;
    sites.left_bytes += s.left_bytes;
    sites.left_blocks += s.left_blocks;
    EXPECT_GE(s.own_peak_bytes, s.peak_bytes);
    EXPECT_GE(s.own_peak_bytes, s.end_bytes);
    EXPECT_TRUE(!alone || s.own_peak_bytes >= s.leaked_bytes);
    EXPECT_LE(s.size_max, s.own_peak_bytes);
  }
  EXPECT_EQ(sites.allocations, t.allocations);
  EXPECT_EQ(sites.allocated_bytes, t.allocated_bytes);
  EXPECT_EQ(sites.reallocations, t.reallocations);
  EXPECT_EQ(sites.reallocations_in_place, t.reallocations_in_place);
  EXPECT_EQ(sites.temporary, t.temporary);
  EXPECT_EQ(sites.failed, t.failed);
  EXPECT_EQ(sites.peak_bytes, t.peak_bytes);
  EXPECT_EQ(sites.peak_blocks, t.peak_blocks);
  EXPECT_EQ(sites.leaked_bytes, t.leaked_bytes);
  EXPECT_EQ(sites.leaked_blocks, t.leaked_blocks);
  EXPECT_EQ(sites.start_bytes, t.start_bytes);
  EXPECT_EQ(sites.start_blocks, t.start_blocks);
  EXPECT_EQ(sites.end_bytes, t.end_bytes);
  EXPECT_EQ(sites.end_blocks, t.end_blocks);
  EXPECT_EQ(sites.left_bytes, t.left_bytes);
  EXPECT_EQ(sites.left_blocks, t.left_blocks);

  model::ThreadTotals threads;
  for (const model::ThreadTotals& one : p.threads) {
    threads.allocations += one.allocations;
    threads.allocated_bytes += one.allocated_bytes;
    threads.frees += one.frees;
  }
  EXPECT_EQ(threads.allocations, t.allocations);
  EXPECT_EQ(threads.allocated_bytes, t.allocated_bytes);
  EXPECT_EQ(threads.frees, t.frees);

  uint64_t highest = 0, allocations = 0, allocated_bytes = 0, deaths = 0;
  for (const model::TimelinePoint& point : p.timeline) {
    highest = std::max(highest, point.live_bytes);
    EXPECT_LE(point.end_bytes, point.live_bytes);
    allocations += point.allocations;
    allocated_bytes += point.allocated_bytes;
    deaths += point.deaths;
  }
  EXPECT_EQ(allocations, t.allocations);
  EXPECT_EQ(allocated_bytes, t.allocated_bytes);
  EXPECT_EQ(t.start_blocks + allocations - deaths, t.end_blocks + t.left_blocks);
  if (!p.timeline.empty()) {
    EXPECT_EQ(p.timeline.back().end_bytes, t.end_bytes);
  }
  EXPECT_EQ(highest, t.peak_bytes);
  EXPECT_LE(p.timeline.size(), model::kTimelinePoints + 1);
  EXPECT_TRUE(std::is_sorted(p.timeline.begin(), p.timeline.end(),
                             [](const auto& a, const auto& b) { return a.stamp < b.stamp; }));
}

void CheckConsistency(const report::Report& report) {
  for (const char* key :
       {"allocations", "allocated_bytes", "peak_bytes", "peak_blocks", "leaked_bytes",
        "leaked_blocks", "runtime_bytes", "runtime_blocks", "suppressed_bytes", "suppressed_blocks",
        "temporary_allocations", "reallocations", "reallocations_in_place", "failed_allocations"}) {
    EXPECT_EQ(SumOf(report, "stacks", key), TotalOf(report, key)) << "stacks by " << key;
  }
  const std::string first = report::FindTable(report, "groups") ? "groups" : "functions";
  for (const char* key :
       {"allocations", "allocated_bytes", "peak_bytes", "leaked_bytes", "temporary_allocations"}) {
    EXPECT_EQ(SumOf(report, first, std::string("self.") + key), TotalOf(report, key))
        << first << " by " << key;
    EXPECT_EQ(ScalarOf(report, "selection", std::string("left_out.") + key) + TotalOf(report, key),
              ScalarOf(report, "selection", std::string("whole.") + key))
        << "what the filters leave out by " << key;
  }
  const report::Value& filters = FindScalar(*FindGroup(report, "selection"), "filters")->value;
  const bool filtered = !std::get<std::vector<std::string>>(filters).empty();
  for (const char* key : {"allocations", "allocated_bytes", "frees"}) {
    // Who freed what a filter lets pass is not known.
    if (filtered && std::string(key) == "frees") continue;
    EXPECT_EQ(SumOf(report, "threads", key), TotalOf(report, key)) << "threads by " << key;
  }
  EXPECT_EQ(SumOf(report, "phases", "allocations"), TotalOf(report, "allocations"));
  EXPECT_EQ(SumOf(report, "phases", "allocated_bytes"), TotalOf(report, "allocated_bytes"));
  EXPECT_EQ(SumOf(report, "phases", "leaked_bytes"), TotalOf(report, "leaked_bytes"));
  EXPECT_EQ(SumOf(report, "sizes", "allocations"), TotalOf(report, "allocations"));
  EXPECT_EQ(SumOf(report, "lifetimes", "allocations"), TotalOf(report, "allocations"));
  EXPECT_EQ(SumOf(report, "leak_kinds", "bytes"), TotalOf(report, "leaked_bytes"));
  EXPECT_EQ(SumOf(report, "leak_kinds", "blocks"), TotalOf(report, "leaked_blocks"));
  EXPECT_EQ(SumOf(report, "runtime", "bytes"), TotalOf(report, "runtime_bytes"));
  if (!report::FindTable(report, "suppressions")->rows.empty()) {
    EXPECT_EQ(SumOf(report, "suppressions", "bytes"), TotalOf(report, "suppressed_bytes"));
  }
  EXPECT_EQ(SumOf(report, "runtime", "blocks"), TotalOf(report, "runtime_blocks"));

  const report::Table* timeline = report::FindTable(report, "timeline");
  ASSERT_NE(timeline, nullptr);
  uint64_t highest = 0;
  for (const auto& row : timeline->rows) highest = std::max(highest, Number(row[1]));
  EXPECT_EQ(highest, ScalarOf(report, "selection", "whole.peak_bytes"));

  for (const report::Table& table : report.tables) {
    for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size()) << table.key;
    EXPECT_TRUE(table.stacks.empty() || table.stacks.size() == table.rows.size()) << table.key;
    EXPECT_EQ(table.omitted.empty(), table.omitted_rows == 0) << table.key;
  }
}

}  // namespace allocprof::test
