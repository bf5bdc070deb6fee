// SPDX-License-Identifier: Apache-2.0
//
// Who held the memory at one moment (--at): by function that asked for it, and by call stack; and
// the window of time that the report is about (--from, --to).
#include <map>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/function_cells.h"
#include "analysis/ranking.h"
#include "model/live_at.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using Held = model::LiveAt::Held;

// By site; empty: no moment was asked for.
std::vector<Held> HeldBySite(const Input& in) {
  std::vector<Held> held;
  const auto* live_at = in.profile.Find<model::LiveAt>();
  if (in.options.at.empty()) return held;
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& s = in.profile.sites[i];
    if (!in.facts[i].selected) {
      held.emplace_back();
    } else if (in.options.at == "peak") {
      held.push_back({s.peak_bytes, s.peak_blocks});
    } else if (in.options.at == "end") {
      held.push_back({s.end_bytes, s.end_blocks});
    } else {
      held.push_back(live_at != nullptr ? live_at->sites()[i] : Held{});
    }
  }
  return held;
}

uint64_t MomentOf(const Input& in) {
  if (in.options.at == "peak") return in.profile.totals.peak_stamp;
  const auto* live_at = in.profile.Find<model::LiveAt>();
  return live_at != nullptr ? live_at->stamp() : in.profile.window.to;
}

void AddFunctionsThatHold(const Input& in, const std::vector<Held>& held, report::Report* report) {
  report::Table table{.key = "held", .title = "Who held the memory then"};
  table.columns = FunctionColumns();
  table.columns.push_back({"bytes", "held", Unit::kBytes});
  table.columns.push_back({"blocks", "blocks", Unit::kCount});
  std::vector<Held> by_function(in.frames.functions().size() + 1);  // the last: no frame is known
  for (size_t i = 0; i < held.size(); i++) {
    const uint32_t site = in.facts[i].call_site;
    Held& sum = site == UINT32_MAX ? by_function.back() : by_function[site];
    sum.bytes += held[i].bytes;
    sum.blocks += held[i].blocks;
  }
  for (size_t i = 0; i < by_function.size(); i++) {
    if (by_function[i].blocks == 0) continue;
    std::vector<report::Value> row = FunctionCells(in.frames, static_cast<uint32_t>(i));
    row.emplace_back(by_function[i].bytes);
    row.emplace_back(by_function[i].blocks);
    table.rows.push_back(std::move(row));
  }
  RankAndCut(&table, "bytes", in.options.top, {false, false, false, false, true, true});
  report->tables.push_back(std::move(table));
}

void AddStacksThatHold(const Input& in, const std::vector<Held>& held, report::Report* report) {
  report::Table table{.key = "held_stacks", .title = "Call stacks that held it"};
  table.columns = {{"bytes", "held", Unit::kBytes},
                   {"blocks", "blocks", Unit::kCount},
                   {"node", "", Unit::kNone}};
  // A stack is several sites where the replay told threads or sizes apart.
  std::map<uint32_t, Held> by_node;
  for (size_t i = 0; i < held.size(); i++) {
    if (held[i].blocks == 0) continue;
    Held& sum = by_node[in.profile.sites[i].node];
    sum.bytes += held[i].bytes;
    sum.blocks += held[i].blocks;
  }
  for (const auto& [node, sum] : by_node) {
    table.rows.push_back({sum.bytes, sum.blocks, uint64_t{node}});
  }
  RankAndCut(&table, "bytes", in.options.top, {true, true, false});
  in.frames.ShowStacks(&table);
  report->tables.push_back(std::move(table));
}

}  // namespace

void AddWindow(const Input& in, report::Report* report) {
  if (in.options.from.empty() && in.options.to.empty()) return;
  const model::Totals& t = in.profile.totals;
  const trace::Trace& trace = *in.profile.trace;
  report::ScalarGroup group{.key = "window", .title = "Window: the figures are of it alone"};
  group.scalars = {
      {"from_s", "from", Unit::kSeconds, trace.Seconds(in.profile.window.from)},
      {"to_s", "to", Unit::kSeconds, trace.Seconds(in.profile.window.to)},
      {"start_bytes", "live at its beginning", Unit::kBytes, t.start_bytes},
      {"start_blocks", "  blocks", Unit::kCount, t.start_blocks},
      {"end_bytes", "live at its end", Unit::kBytes, t.end_bytes},
      {"end_blocks", "  blocks", Unit::kCount, t.end_blocks},
  };
  if (trace.processes.size() > 1) {
    group.scalars.push_back(
        {"left_bytes", "left by processes that ended", Unit::kBytes, t.left_bytes});
    group.scalars.push_back({"left_blocks", "  blocks", Unit::kCount, t.left_blocks});
  }
  report->groups.push_back(std::move(group));
}

void AddHeld(const Input& in, report::Report* report) {
  const std::vector<Held> held = HeldBySite(in);
  if (in.options.at.empty()) return;
  Held all;
  for (const Held& h : held) {
    all.bytes += h.bytes;
    all.blocks += h.blocks;
  }
  report::ScalarGroup group{.key = "at", .title = "At the moment asked for"};
  group.scalars = {{"moment", "moment", Unit::kText, in.options.at},
                   {"t_s", "time", Unit::kSeconds, in.profile.trace->Seconds(MomentOf(in))},
                   {"live_bytes", "live", Unit::kBytes, all.bytes},
                   {"live_blocks", "  blocks", Unit::kCount, all.blocks}};
  report->groups.push_back(std::move(group));
  AddFunctionsThatHold(in, held, report);
  AddStacksThatHold(in, held, report);
}

}  // namespace allocprof::analysis
