// SPDX-License-Identifier: Apache-2.0
//
// The call stacks that allocate, with their figures.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "analysis/analysis.h"
#include "analysis/ranking.h"

namespace allocprof::analysis {
namespace {

struct Live {
  uint64_t bytes = 0, blocks = 0;
};

// A stack is one site, or several where the replay told them apart by thread or size.
struct Stack {
  model::Site site;
  std::array<Live, 3> live;  // at the end, by Account
  Phase phase = Phase::kMain;
  Owners owners;
  bool merged = false;
};

void Merge(const model::Site& from, model::Site* to) {
  to->allocations += from.allocations;
  to->allocated_bytes += from.allocated_bytes;
  to->reallocations += from.reallocations;
  to->reallocations_in_place += from.reallocations_in_place;
  to->temporary += from.temporary;
  to->cross_thread_frees += from.cross_thread_frees;
  to->failed += from.failed;
  to->peak_bytes += from.peak_bytes;
  to->peak_blocks += from.peak_blocks;
  to->size_max = std::max(to->size_max, from.size_max);
}

std::vector<Stack> Stacks(const Input& in) {
  std::vector<Stack> stacks;
  std::unordered_map<uint32_t, size_t> by_node;
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& s = in.profile.sites[i];
    // Only frees blocks, or is left out.
    if (s.allocations == 0 && s.failed == 0 && s.peak_blocks == 0) continue;
    const auto [at, fresh] = by_node.try_emplace(s.node, stacks.size());
    if (fresh) stacks.push_back({s, {}, in.facts[i].phase, in.facts[i].owners, false});
    Stack& stack = stacks[at->second];
    if (!fresh) {
      Merge(s, &stack.site);
      stack.owners.Merge(in.facts[i].owners);
      stack.merged = true;
    }
    Live& live = stack.live[static_cast<size_t>(in.facts[i].account())];
    live.bytes += s.leaked_bytes;
    live.blocks += s.leaked_blocks;
  }
  return stacks;
}

}  // namespace

void AddStacks(const Input& in, report::Report* report) {
  using report::Unit;
  report::Table table{.key = "stacks", .title = "Call stacks"};
  std::vector<bool> additive;
  auto column = [&](std::string key, std::string title, Unit unit, bool sums) {
    table.columns.push_back({std::move(key), std::move(title), unit});
    additive.push_back(sums);
  };
  column("allocations", "allocations", Unit::kCount, true);
  column("allocated_bytes", "allocated", Unit::kBytes, true);
  column("peak_bytes", "at peak", Unit::kBytes, true);
  column("peak_blocks", "", Unit::kCount, true);
  column("own_peak_bytes", "", Unit::kBytes, false);
  column("leaked_bytes", "leaked", Unit::kBytes, true);
  column("leaked_blocks", "", Unit::kCount, true);
  column("runtime_bytes", "", Unit::kBytes, true);
  column("runtime_blocks", "", Unit::kCount, true);
  column("suppressed_bytes", "", Unit::kBytes, true);
  column("suppressed_blocks", "", Unit::kCount, true);
  column("temporary_allocations", "temporary", Unit::kCount, true);
  column("reallocations", "", Unit::kCount, true);
  column("reallocations_in_place", "", Unit::kCount, true);
  column("cross_thread_frees", "", Unit::kCount, true);
  column("failed_allocations", "", Unit::kCount, true);
  column("size_max", "", Unit::kBytes, false);
  column("stack_depth_max", "stack depth", Unit::kBytes, false);
  column("phase", "", Unit::kText, false);
  column("contained_allocations", "contained", Unit::kCount, true);
  column("contained_bytes", "", Unit::kBytes, true);
  column("owner.function", "", Unit::kText, false);
  column("owner.one_up", "", Unit::kCount, true);
  column("owner.two_up", "", Unit::kCount, true);
  column("owner.further_up", "", Unit::kCount, true);
  column("owner.escaped", "", Unit::kCount, true);
  column("owner.unknown", "", Unit::kCount, true);

  const bool known_owners = OwnersKnown(in.profile);
  for (const Stack& stack : Stacks(in)) {
    const model::Site& s = stack.site;
    const auto& [leaked, runtime, suppressed] = stack.live;
    const Owners& o = stack.owners;
    const auto owned = [&](uint64_t n) {
      return known_owners ? report::Value(n) : report::Value();
    };
    table.rows.push_back({s.allocations,
                          s.allocated_bytes,
                          s.peak_bytes,
                          s.peak_blocks,
                          stack.merged ? report::Value() : report::Value(s.own_peak_bytes),
                          leaked.bytes,
                          leaked.blocks,
                          runtime.bytes,
                          runtime.blocks,
                          suppressed.bytes,
                          suppressed.blocks,
                          s.temporary,
                          s.reallocations,
                          s.reallocations_in_place,
                          s.cross_thread_frees,
                          s.failed,
                          s.size_max,
                          in.profile.stacks.nodes()[s.node].depth_max,
                          std::string(PhaseName(stack.phase)),
                          owned(o.contained().blocks),
                          owned(o.contained().bytes),
                          o.function != UINT32_MAX
                              ? report::Value(in.frames.functions()[o.function].name)
                              : report::Value(),
                          owned(o.up[1].blocks),
                          owned(o.up[2].blocks),
                          owned(o.up[3].blocks),
                          owned(o.escaped.blocks),
                          owned(o.unknown.blocks),
                          uint64_t{s.node}});  // ranked along, then taken off
  }
  table.columns.push_back({"node", "", Unit::kNone});
  additive.push_back(false);
  RankAndCut(&table, in.options.sort, {in.options.top, in.options.min}, additive);
  in.frames.ShowStacks(&table);
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
