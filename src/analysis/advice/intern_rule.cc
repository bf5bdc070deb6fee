// SPDX-License-Identifier: Apache-2.0
//
// Advice on copies that are kept. The trace does not have the text of a block: that copies are of
// one size and live on together is all that is known, and what the advice says.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/advice/rules.h"
#include "analysis/advice/thresholds.h"
#include "base/units.h"

namespace allocprof::analysis {
namespace {

// The size that nearly all of them have; 0: there is none.
uint64_t OneSize(const Place& p) {
  for (const auto& bucket : p.sizes.buckets()) {
    if (p.Share(bucket.count) >= kNearlyAll) {
      return std::min(model::Histogram::UpperEnd(bucket.index), p.size_max);
    }
  }
  return 0;
}

}  // namespace

std::optional<Draft> AdviseIntern(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.idiom == nullptr || !p.idiom->copies || p.allocations < kInternAllocations) {
    return std::nullopt;
  }
  const uint64_t size = OneSize(p);
  if (size == 0 || size > kInternBytes) return std::nullopt;
  if (p.Share(p.alive_max) < kInternAlive) return std::nullopt;
  Draft d;
  d.why = fmt::format(
      "{} copies, nearly all of {} bytes, {} of them alive at once: one text or few, or texts of "
      "one length.",
      CountText(p.allocations), CountText(size), CountText(p.alive_max));
  switch (p.language) {
    case Language::kC:
      d.text = "Where they repeat, keep each text once in a table and hold pointers to it.";
      break;
    case Language::kCxx:
      d.text =
          "Share instead of copying: a std::string_view of the original, or a "
          "std::shared_ptr<const std::string>; where texts repeat, keep each once in a "
          "std::unordered_set.";
      break;
    case Language::kRust:
      d.text =
          "Share instead of copying: an Rc<str> or Arc<str>, or a &str of the original; where "
          "texts repeat, intern them: keep each once and hold its index.";
      break;
  }
  d.saved_allocations = p.allocations - 1;
  d.saved_bytes = p.bytes - std::min(p.bytes, size);
  return d;
}

}  // namespace allocprof::analysis
