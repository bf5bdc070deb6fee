// SPDX-License-Identifier: Apache-2.0
//
// Advice from the shapes of lives and sizes: growth, groups that die together, tiny and large
// blocks, blocks handed to other threads.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/advice/rules.h"
#include "analysis/advice/thresholds.h"
#include "base/units.h"
#include "model/die_together.h"
#include "model/growth.h"

namespace allocprof::analysis {

std::optional<Draft> AdviseReserve(const PlaceContext& c) {
  const Place& p = c.place;
  const auto* growth = c.in.profile.Find<model::Growth>();
  if (growth == nullptr) return std::nullopt;
  model::SiteGrowth sum;
  for (const uint32_t site : p.sites) {
    if (site < growth->sites().size()) sum.Add(growth->sites()[site]);
  }
  if (sum.chains == 0 || p.Share(sum.steps) < kGrowthShare) return std::nullopt;
  const double steps = static_cast<double>(sum.steps) / static_cast<double>(sum.chains);
  if (steps < kGrowthSteps) return std::nullopt;
  const uint64_t enough = std::min(sum.final_sizes.Quantile(kCovered), p.size_max);
  Draft d;
  d.why = fmt::format(
      "{} buffer{} grew in {} steps ({:.1f} each) to at most {} in 95 % of cases, "
      "copying up to {}.",
      CountText(sum.chains), sum.chains == 1 ? "" : "s", CountText(sum.steps), steps,
      BytesText(enough), BytesText(sum.copied_bytes));
  switch (p.language) {
    case Language::kC:
      d.text =
          fmt::format("Ask for {} at once, or double the size at each realloc.", BytesText(enough));
      break;
    case Language::kCxx:
      d.text = fmt::format("Call reserve() first: room for {} bytes covers 95 % of cases.",
                           CountText(enough));
      break;
    case Language::kRust:
      d.text =
          fmt::format("Begin with {}(n): room for {} bytes covers 95 % of cases.",
                      p.idiom != nullptr && std::string_view(p.idiom->key).starts_with("String")
                          ? "String::with_capacity"
                          : "Vec::with_capacity",
                      CountText(enough));
      break;
  }
  d.saved_allocations = sum.steps;
  d.saved_bytes = sum.copied_bytes;
  d.growth_steps = sum.steps;
  d.final_size_p95 = enough;
  return d;
}

std::optional<Draft> AdviseArena(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.allocations < kArenaAllocations) return std::nullopt;
  // An arena is not another thread's to drop.
  if (p.Share(p.cross_thread_frees) >= kCrossThreadShare) return std::nullopt;
  const auto* together = c.in.profile.Find<model::DieTogether>();
  if (together == nullptr) return std::nullopt;
  model::SiteGroups sum;
  for (const uint32_t site : p.sites) {
    if (site >= together->sites().size()) continue;
    const model::SiteGroups& g = together->sites()[site];
    // What is freed only because the process ends needs no arena, it needs no free.
    const bool at_exit =
        g.groups <= 1 && c.phases != nullptr && c.phases->Of(g.freed_at) == Phase::kAfterMain;
    sum.blocks += g.blocks;
    sum.bytes += g.bytes;
    sum.at_end += at_exit ? g.blocks : g.at_end;
    sum.groups = std::max(sum.groups, g.groups);
    sum.group_blocks_max = std::max(sum.group_blocks_max, g.group_blocks_max);
    sum.group_bytes_max = std::max(sum.group_bytes_max, g.group_bytes_max);
  }
  if (p.Share(sum.blocks - std::min(sum.blocks, sum.at_end)) < kArenaShare) return std::nullopt;
  Draft d;
  d.why = fmt::format(
      "{} of its {} blocks were freed in runs without an allocation in between; the largest run "
      "had {} blocks, {}.",
      CountText(sum.blocks), CountText(p.allocations), CountText(sum.group_blocks_max),
      BytesText(sum.group_bytes_max));
  switch (p.language) {
    case Language::kC:
      d.text =
          "Take them from an arena (obstack, or one large block cut up in order) and drop it "
          "as a whole.";
      break;
    case Language::kCxx:
      d.text = fmt::format(
          "Use std::pmr containers over a std::pmr::monotonic_buffer_resource, "
          "{} to begin with, and drop it as a whole.",
          BytesText(sum.group_bytes_max));
      break;
    case Language::kRust:
      d.text =
          "Take them from a bumpalo::Bump, or hold them in one Vec and refer to them by index, "
          "and drop it as a whole.";
      break;
  }
  d.saved_allocations = sum.blocks - std::min(sum.blocks, sum.groups);
  d.saved_bytes = sum.bytes;
  return d;
}

std::optional<Draft> AdviseTiny(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.allocations < kTinyAllocations || p.sizes.empty()) return std::nullopt;
  if (p.sizes.Quantile(kCovered) > kTinyBytes) return std::nullopt;
  Draft d;
  d.why = fmt::format(
      "{} blocks of at most {} bytes: each costs 32 bytes in glibc's heap, and a "
      "pointer to it.",
      CountText(p.allocations), CountText(p.sizes.Quantile(kCovered)));
  switch (p.language) {
    case Language::kC:
      d.text =
          "Store the value itself where the pointer is, or many of them in one array and refer "
          "to them by index.";
      break;
    case Language::kCxx:
      d.text =
          "Store the value itself instead of a pointer to it, or all of them in one "
          "std::vector and refer to them by index.";
      break;
    case Language::kRust:
      d.text =
          "Store the value itself instead of a Box of it, or all of them in one Vec and refer "
          "to them by index.";
      break;
  }
  d.saved_allocations = p.allocations;
  d.saved_bytes = p.bytes;
  return d;
}

std::optional<Draft> AdviseOversized(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.allocations < kOversizedAllocations || p.sizes.empty()) return std::nullopt;
  if (p.sizes.Quantile(0.5) < kOversizedBytes) return std::nullopt;
  // Many at once are needed; few in turn are mapped and unmapped for nothing.
  if (p.alive_max * 4 > p.allocations) return std::nullopt;
  Draft d;
  d.why = fmt::format(
      "{} blocks of {} and more, at most {} alive at once: beyond its threshold "
      "malloc maps each and unmaps it, and every page is zeroed again.",
      CountText(p.allocations), BytesText(p.sizes.Quantile(0.5)), CountText(p.alive_max));
  d.text = p.language == Language::kC
               ? "Keep one block for the largest size and use it again."
               : "Keep one buffer for the largest size, outside the loop or as a member, and "
                 "clear() it.";
  d.saved_allocations = p.allocations - p.alive_max;
  d.saved_bytes = p.bytes;
  d.few_matter = true;
  return d;
}

std::optional<Draft> AdviseCrossThread(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.cross_thread_frees < kCrossThreadFrees) return std::nullopt;
  if (p.Share(p.cross_thread_frees) < kCrossThreadShare) return std::nullopt;
  Draft d;
  d.why = fmt::format(
      "{} of its {} blocks were freed by another thread: each goes back to an arena "
      "that the thread which allocates has to lock.",
      CountText(p.cross_thread_frees), CountText(p.allocations));
  d.text = "Hand them over in batches, or send the empty ones back to the thread that fills them.";
  d.saved_allocations = p.cross_thread_frees / 2;
  return d;
}

}  // namespace allocprof::analysis
