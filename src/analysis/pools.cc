// SPDX-License-Identifier: Apache-2.0
//
// What the program told of its own allocators.
#include "model/pools.h"

#include "analysis/analysis.h"
#include "analysis/ranking.h"

namespace allocprof::analysis {

void AddPools(const Input& in, report::Report* report) {
  using report::Unit;
  const auto* found = in.profile.Find<model::Pools>();
  if (found == nullptr || found->pools().empty()) return;
  report::Table table{.key = "pools", .title = "Pools of the program's own"};
  table.columns = {{"pool", "pool", Unit::kText},
                   {"allocations", "given", Unit::kCount},
                   {"allocated_bytes", "bytes", Unit::kBytes},
                   {"frees", "taken back", Unit::kCount},
                   {"resets", "resets", Unit::kCount},
                   {"reset_blocks", "", Unit::kCount},
                   {"unknown_frees", "", Unit::kCount},
                   {"live_bytes", "live at the end", Unit::kBytes},
                   {"live_blocks", "", Unit::kCount},
                   {"peak_bytes", "peak", Unit::kBytes},
                   {"peak_blocks", "", Unit::kCount}};
  for (const auto& [name, p] : found->pools()) {
    table.rows.push_back({name, p.allocations, p.allocated_bytes, p.frees, p.resets, p.reset_blocks,
                          p.unknown_frees, p.live_bytes, p.live_blocks, p.peak_bytes,
                          p.peak_blocks});
  }
  RankAndCut(&table, "allocations", in.options.top,
             {false, true, true, true, true, true, true, true, true, false, false});
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
