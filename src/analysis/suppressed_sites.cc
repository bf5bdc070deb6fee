// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressed_sites.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/analysis.h"

namespace allocprof::analysis {

SuppressedSites::SuppressedSites(const std::vector<Suppression>& suppressions,
                                 const model::Profile& profile, const Frames& frames)
    : profile_(profile) {
  if (suppressions.empty()) return;
  const auto& locations = profile.stacks.locations();
  by_location_.assign(locations.size(), kNotSuppressed);
  for (uint32_t i = 0; i < locations.size(); i++) {
    const std::string_view module = locations[i].module == model::kNoModule
                                        ? std::string_view()
                                        : profile.trace->modules[locations[i].module].path;
    for (uint32_t s = 0; s < suppressions.size() && by_location_[i] == kNotSuppressed; s++) {
      const std::string& pattern = suppressions[s].pattern;
      bool matches = MatchesTemplate(pattern, module);
      for (const FrameRef& ref : frames.OfLocation(i)) {
        matches = matches || MatchesTemplate(pattern, frames.functions()[ref.function].name) ||
                  MatchesTemplate(pattern, frames.files()[ref.file]);
      }
      if (matches) by_location_[i] = s;
    }
  }
}

uint32_t SuppressedSites::Of(const model::Site& site) const {
  uint32_t first = kNotSuppressed;
  if (by_location_.empty() || site.leaked_blocks == 0) return first;
  const auto& nodes = profile_.stacks.nodes();
  for (uint32_t node = site.node; node != 0; node = nodes[node].parent) {
    first = std::min(first, by_location_[nodes[node].location]);
  }
  return first;
}

void AddSuppressions(const Input& in, report::Report* report) {
  using report::Unit;
  report::Table table{.key = "suppressions", .title = "Suppressed leaks"};
  table.columns = {{"pattern", "pattern", Unit::kText},
                   {"file", "", Unit::kText},
                   {"line", "", Unit::kNone},
                   {"blocks", "blocks", Unit::kCount},
                   {"bytes", "bytes", Unit::kBytes}};
  for (uint32_t s = 0; s < in.suppressions.size(); s++) {
    const Suppression& suppression = in.suppressions[s];
    uint64_t blocks = 0, bytes = 0;
    for (size_t i = 0; i < in.facts.size(); i++) {
      if (in.facts[i].suppression != s) continue;
      blocks += in.profile.sites[i].leaked_blocks;
      bytes += in.profile.sites[i].leaked_bytes;
    }
    if (blocks == 0) {
      report->notes.push_back(fmt::format("{}:{}: the suppression '{}' matches no leak.",
                                          suppression.file, suppression.line, suppression.pattern));
    }
    table.rows.push_back({suppression.pattern, suppression.file,
                          static_cast<uint64_t>(suppression.line), blocks, bytes});
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
