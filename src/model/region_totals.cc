// SPDX-License-Identifier: Apache-2.0
#include "model/region_totals.h"

#include <algorithm>

#include "model/profile.h"

namespace allocprof::model {

using Kind = BlockEvent::Kind;

void RegionFigures::Add(const RegionFigures& other) {
  allocations += other.allocations;
  allocated_bytes += other.allocated_bytes;
  reallocations += other.reallocations;
  frees += other.frees;
  temporary += other.temporary;
  leaked_bytes += other.leaked_bytes;
  leaked_blocks += other.leaked_blocks;
}

RegionFigures& RegionTotals::Of(uint32_t path) {
  if (path >= figures_.size()) figures_.resize(paths_.regions().paths.size());
  return figures_[path];
}

RegionTotal& RegionTotals::Total(uint32_t path) {
  if (totals_.size() < paths_.regions().names.size()) {
    totals_.resize(paths_.regions().names.size());
  }
  return totals_[paths_.regions().paths[path].region];
}

// Each region around a block hears of it once, a recursive one too.
void RegionTotals::Change(uint32_t path, int64_t bytes) {
  const Regions& regions = paths_.regions();
  if (live_.size() < regions.names.size()) live_.resize(regions.names.size());
  visits_++;
  for (; path != 0; path = regions.paths[path].parent) {
    Live& live = live_[regions.paths[path].region];
    if (live.visit == visits_) continue;
    live.visit = visits_;
    live.bytes += bytes;
    live.peak = std::max(live.peak, live.bytes);
  }
}

void RegionTotals::Forbidden(const BlockEvent& e, bool frees) {
  const uint32_t region = paths_.regions().paths[e.region].denied_by;
  if (region == kNoRegion) return;
  const uint32_t node = e.moment.stack.node;
  const auto [at, fresh] =
      violation_of_.try_emplace(uint64_t{region} << 32 | node, violations_.size());
  if (fresh) violations_.push_back({region, node, 0, 0});
  Violation& violation = violations_[at->second];
  (frees ? violation.frees : violation.allocations)++;
}

void RegionTotals::Spent(uint32_t path, uint64_t since, uint64_t until) {
  const uint64_t from = std::max(since, window_.from);
  if (since == 0 || until < from) return;
  RegionTotal& total = Total(path);
  total.stamps += until - from;
  const uint64_t length = std::max<uint64_t>(window_.to - std::min(window_.from, window_.to), 1);
  const auto part = [&](uint64_t stamp) {
    const double share =
        static_cast<double>(stamp - window_.from) / static_cast<double>(length) * kRegionParts;
    return std::min(static_cast<size_t>(share), kRegionParts - 1);
  };
  for (size_t i = part(from); i <= part(std::min(until, window_.to)); i++) total.parts.set(i);
}

void RegionTotals::Take(const BlockEvent& e) {
  const Block& block = e.block;
  switch (e.kind) {
    case Kind::kBirth: {
      RegionFigures& f = Of(e.region);
      f.allocations++;
      f.allocated_bytes += block.size;
      if (e.reallocated_from != nullptr) f.reallocations++;
      Change(e.region, static_cast<int64_t>(block.size));
      Forbidden(e, false);
      break;
    }
    case Kind::kDeath:
      Change(block.region, -static_cast<int64_t>(block.size));
      if (e.death.cause != DeathCause::kFree) break;
      Of(e.region).frees++;
      if (e.death.temporary && !block.old) Of(block.region).temporary++;
      Forbidden(e, true);
      break;
    case Kind::kUnknownFree:
      Of(e.region).frees++;
      // A realloc's is the half of an allocation.
      if (e.entry == wire::Entry::kFree) Forbidden(e, true);
      break;
    case Kind::kEnter:
      if (e.region != 0) Total(e.region).entered++;
      break;
    case Kind::kLeave:
      if (e.region != 0) Spent(e.region, block.born, e.moment.stamp);
      break;
    case Kind::kFailed:
    case Kind::kCost:
    case Kind::kPool:
      break;
  }
}

void RegionTotals::OnEvents(const BlockEvent* first, const BlockEvent* last) {
  if (!paths_.regions().any()) return;
  for (const BlockEvent* e = first; e != last; e++) {
    const uint32_t thread = e->moment.stack.thread;
    if (thread >= last_stamp_.size()) last_stamp_.resize(thread + size_t{1});
    last_stamp_[thread] = e->moment.stamp;
    // Blocks born in a region also die outside.
    if (e->region != 0 || e->block.region != 0) Take(*e);
  }
}

void RegionTotals::Start(const std::vector<Block>& live) {
  for (const Block& block : live) Change(block.region, static_cast<int64_t>(block.size));
}

void RegionTotals::OnProcessEnd(uint32_t /*process*/, uint64_t /*stamp*/,
                                const std::vector<Block>& left) {
  for (const Block& block : left) Change(block.region, -static_cast<int64_t>(block.size));
}

void RegionTotals::Finish(const ReplayEnd& end, const std::vector<Block>& live,
                          Profile* /*profile*/) {
  const Regions& regions = paths_.regions();
  if (!regions.any()) return;
  for (const Block& block : live) {
    if (block.old || block.region == 0) continue;
    RegionFigures& f = Of(block.region);
    f.leaked_bytes += block.size;
    f.leaked_blocks++;
  }
  totals_.resize(regions.names.size());
  live_.resize(regions.names.size());
  // Those that are open end with their thread.
  for (const auto& [thread, step] : paths_.Open()) {
    const uint64_t last = thread < last_stamp_.size() ? last_stamp_[thread] : 0;
    if (step.outermost) Spent(step.path, step.since, std::min(last, end.stamp));
  }
  for (uint32_t path = 1; path < figures_.size(); path++) {
    totals_[regions.paths[path].region].self.Add(figures_[path]);
    for (const uint32_t region : regions.Chain(path)) totals_[region].total.Add(figures_[path]);
  }
  for (size_t i = 0; i < totals_.size(); i++) {
    totals_[i].own_peak_bytes = static_cast<uint64_t>(std::max<int64_t>(live_[i].peak, 0));
  }
}

}  // namespace allocprof::model
