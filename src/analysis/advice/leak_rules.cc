// SPDX-License-Identifier: Apache-2.0
//
// Advice on what is never freed.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/advice/rules.h"
#include "analysis/advice/thresholds.h"
#include "base/units.h"
#include "model/leak_ages.h"

namespace allocprof::analysis {
namespace {

// What the place has leaked, if it leaks in this way. Of all its call stacks together: one that
// calls it early and one that calls it late make a leak that goes on.
model::BlockSum LeakedAs(const PlaceContext& c, model::LeakKind kind) {
  const auto* ages = c.in.profile.Find<model::LeakAges>();
  if (ages == nullptr) return {};
  model::SiteLeak all;
  for (const uint32_t site : c.place.sites) {
    if (c.in.facts[site].runtime) continue;
    if (const model::SiteLeak* leak = ages->Of(site)) all.Add(*leak);
  }
  if (all.blocks == 0 || all.Kind() != kind) return {};
  model::BlockSum sum;
  sum.blocks = all.blocks;
  sum.bytes = all.bytes;
  return sum;
}

}  // namespace

std::optional<Draft> AdviseLeakGrowing(const PlaceContext& c) {
  const model::BlockSum leaked = LeakedAs(c, model::LeakKind::kGrowing);
  if (leaked.blocks < kLeakBlocks || leaked.bytes < kLeakBytes) return std::nullopt;
  Draft d;
  d.why = fmt::format(
      "{} of its {} blocks, {}, were never freed, and were born from the beginning "
      "of the run to its end: it would go on.",
      CountText(leaked.blocks), CountText(c.place.allocations), BytesText(leaked.bytes));
  switch (c.place.language) {
    case Language::kC:
      d.text = "Free them when they are done with, or bound the table that holds them.";
      break;
    case Language::kCxx:
      d.text =
          "Give them an owner (std::unique_ptr, a container) that ends, or bound the cache that "
          "holds them.";
      break;
    case Language::kRust:
      d.text =
          "Look for Box::leak, mem::forget, a cycle of Rc, or a collection that only grows; "
          "bound it.";
      break;
  }
  d.saved_bytes = leaked.bytes;
  d.memory_weight = 1;
  return d;
}

std::optional<Draft> AdviseLeakOnce(const PlaceContext& c) {
  const model::BlockSum leaked = LeakedAs(c, model::LeakKind::kOnce);
  if (leaked.bytes < kLeakOnceBytes) return std::nullopt;
  Draft d;
  d.why = fmt::format("{} block{}, {}, born in one go, {} never freed.", CountText(leaked.blocks),
                      leaked.blocks == 1 ? "" : "s", BytesText(leaked.bytes),
                      leaked.blocks == 1 ? "was" : "were");
  d.text =
      "If it is to last as long as the program, put it into the suppressions; else free it "
      "where its owner ends.";
  d.saved_bytes = leaked.bytes;
  d.memory_weight = kOnceWeight;
  return d;
}

}  // namespace allocprof::analysis
