// SPDX-License-Identifier: Apache-2.0
//
// The stacks that leaked: how much, in blocks of which sizes, and when these were born. What
// runtimes keep and what is suppressed stands in tables of its own.
#include <unordered_map>

#include "analysis/analysis.h"
#include "analysis/ranking.h"
#include "model/leak_ages.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

struct Leak {
  uint32_t node;
  uint64_t bytes = 0, blocks = 0, allocations = 0;
  model::SiteLeak births;
};

std::vector<Leak> Leaks(const Input& in) {
  const auto* ages = in.profile.Find<model::LeakAges>();
  std::vector<Leak> leaks;
  std::unordered_map<uint32_t, size_t> by_node;  // sites may be split by thread
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& site = in.profile.sites[i];
    if (site.leaked_blocks == 0 || !in.facts[i].leaks()) continue;
    const auto [at, fresh] = by_node.try_emplace(site.node, leaks.size());
    if (fresh) leaks.push_back({.node = site.node, .births = {}});
    Leak& leak = leaks[at->second];
    leak.bytes += site.leaked_bytes;
    leak.blocks += site.leaked_blocks;
    leak.allocations += site.allocations;
  }
  if (ages == nullptr) return leaks;
  for (const model::LeakAges::Row& row : ages->rows()) {
    const SiteFacts& facts = in.facts[row.site];
    const auto at = by_node.find(in.profile.sites[row.site].node);
    if (at != by_node.end() && facts.selected && facts.leaks()) {
      leaks[at->second].births.Add(row.leak);
    }
  }
  return leaks;
}

}  // namespace

void AddLeaks(const Input& in, report::Report* report) {
  report::Table table{.key = "leaks", .title = "Leaks"};
  table.columns = {{"leaked_bytes", "leaked", Unit::kBytes},
                   {"leaked_blocks", "blocks", Unit::kCount},
                   {"allocations", "allocated there", Unit::kCount},
                   {"size_min", "", Unit::kBytes},
                   {"size_max", "largest", Unit::kBytes},
                   {"born_first_s", "first born at", Unit::kSeconds},
                   {"born_last_s", "last at", Unit::kSeconds},
                   {"node", "", Unit::kNone}};
  const trace::Trace& trace = *in.profile.trace;
  for (const Leak& leak : Leaks(in)) {
    const bool known = leak.births.blocks != 0;
    const auto time = [&](uint64_t stamp) { return known ? Value(trace.Seconds(stamp)) : Value(); };
    table.rows.push_back({leak.bytes, leak.blocks, leak.allocations, leak.births.size_min,
                          leak.births.size_max, time(leak.births.first_born),
                          time(leak.births.last_born), uint64_t{leak.node}});
  }
  const std::string sort = in.options.sort == "leaked_blocks" ? "leaked_blocks" : "leaked_bytes";
  RankAndCut(&table, sort, {in.options.top, in.options.min},
             {true, true, true, false, false, false, false, false});
  in.frames.ShowStacks(&table);
  if (table.rows.empty() && in.selection.nothing.empty()) {
    report->notes.push_back(in.selection.filters.empty() ? "Nothing leaked."
                                                         : "Nothing leaked that the filters pass.");
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
