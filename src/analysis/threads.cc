// SPDX-License-Identifier: Apache-2.0
//
// Threads: what each allocated and how deep its stack went.
#include <map>

#include "analysis/analysis.h"
#include "analysis/ranking.h"

namespace allocprof::analysis {
namespace {

// By the trace's thread numbers. Under a filter, of what it lets pass: sites are then split.
std::map<uint32_t, model::ThreadTotals> Totals(const Input& in) {
  std::map<uint32_t, model::ThreadTotals> by_id;
  for (const model::ThreadTotals& t : in.profile.threads) by_id[t.id] = t;
  if (in.selection.filters.empty()) return by_id;
  for (auto& [id, totals] : by_id) totals = {.id = id};
  for (const model::Site& site : in.profile.sites) {
    if (site.thread >= in.profile.threads.size()) continue;
    model::ThreadTotals& totals = by_id[in.profile.threads[site.thread].id];
    totals.allocations += site.allocations;
    totals.allocated_bytes += site.allocated_bytes;
  }
  return by_id;
}

}  // namespace

void AddThreads(const Input& in, report::Report* report) {
  using report::Unit;
  using report::Value;
  report::Table table{.key = "threads", .title = "Threads"};
  table.columns = {{"tid", "tid", Unit::kNone},
                   {"name", "name", Unit::kText},
                   {"allocations", "allocations", Unit::kCount},
                   {"allocated_bytes", "allocated", Unit::kBytes},
                   {"frees", "frees", Unit::kCount},
                   {"stack_limit_bytes", "stack limit", Unit::kBytes},
                   {"stack_depth_max", "stack depth", Unit::kBytes},
                   {"stack_high_water_bytes", "touched", Unit::kBytes}};
  const std::vector<trace::Process>& processes = in.profile.trace->processes;
  std::vector<bool> additive = {false, false, true, true, true, false, false, false};
  std::map<uint32_t, model::ThreadTotals> by_id = Totals(in);
  // Whose the frees of a selection are is not known: a thread may free what another allocated.
  const bool filtered = !in.selection.filters.empty();
  const auto frees = [&](const model::ThreadTotals& t) {
    return filtered ? Value() : Value(t.frees);
  };
  for (const trace::Thread& t : in.profile.trace->threads) {
    const model::ThreadTotals totals = by_id[t.id];
    by_id.erase(t.id);
    if (filtered && totals.allocations == 0) continue;
    table.rows.push_back({uint64_t{t.tid}, t.name, totals.allocations, totals.allocated_bytes,
                          frees(totals), t.stack_limit != 0 ? Value(t.stack_limit) : Value(),
                          t.depth_max,
                          t.stack_high_water != 0 ? Value(t.stack_high_water) : Value()});
  }
  // Threads whose record is lost: their events are not.
  for (const auto& [id, t] : by_id) {
    if (filtered && t.allocations == 0) continue;
    table.rows.push_back(
        {Value(), Value(), t.allocations, t.allocated_bytes, frees(t), Value(), Value(), Value()});
  }
  if (processes.size() > 1) {
    table.columns.insert(table.columns.begin(), {"pid", "pid", Unit::kNone});
    additive.insert(additive.begin(), false);
    for (size_t i = 0; i < table.rows.size(); i++) {
      const auto& threads = in.profile.trace->threads;
      table.rows[i].insert(
          table.rows[i].begin(),
          i < threads.size() ? Value(uint64_t{processes[threads[i].process].header.pid}) : Value());
    }
  }
  RankAndCut(&table, "allocations", in.options.top, additive);
  report->tables.push_back(std::move(table));
}

void AddTimeline(const Input& in, report::Report* report) {
  using report::Unit;
  report::Table table{.key = "timeline", .title = "Live heap over time"};
  if (!in.selection.filters.empty()) table.title += ", of the whole process";
  table.series = true;
  table.columns = {{"t_s", "time", Unit::kSeconds},
                   {"live_bytes", "live heap", Unit::kBytes},
                   {"rss_bytes", "resident", Unit::kBytes}};
  for (const model::TimelinePoint& p : in.profile.timeline) {
    table.rows.push_back({in.profile.trace->Seconds(p.stamp), p.live_bytes,
                          p.rss_bytes != 0 ? report::Value(p.rss_bytes) : report::Value()});
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
