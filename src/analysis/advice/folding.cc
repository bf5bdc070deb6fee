// SPDX-License-Identifier: Apache-2.0
#include "analysis/advice/folding.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "analysis/advice/thresholds.h"
#include "base/units.h"

namespace allocprof::analysis {
namespace {

void Rank(std::vector<Piece>* pieces) {
  std::stable_sort(pieces->begin(), pieces->end(),
                   [](const Piece& a, const Piece& b) { return a.gain > b.gain; });
}

// Without line numbers two calls in one function look alike to the reader.
void FoldUnplaced(std::vector<Piece>* pieces) {
  struct Kept {
    size_t at;
    size_t more = 0;
  };
  std::map<std::pair<std::string_view, uint32_t>, Kept> first;
  std::vector<Piece> kept;
  for (Piece& piece : *pieces) {
    if (piece.place->line != 0) {
      kept.push_back(std::move(piece));
      continue;
    }
    const auto [it, fresh] =
        first.try_emplace({piece.rule, piece.place->function}, Kept{kept.size()});
    if (fresh) {
      kept.push_back(std::move(piece));
      continue;
    }
    Piece& to = kept[it->second.at];
    it->second.more++;
    to.place->Merge(*piece.place);
    to.gain += piece.gain;
    to.draft.saved_allocations += piece.draft.saved_allocations;
    to.draft.saved_bytes += piece.draft.saved_bytes;
    to.draft.inline_bytes += piece.draft.inline_bytes;
    to.draft.growth_steps += piece.draft.growth_steps;
    to.draft.final_size_p95 = std::max(to.draft.final_size_p95, piece.draft.final_size_p95);
  }
  for (const auto& [key, f] : first) {
    if (f.more == 0) continue;
    kept[f.at].draft.why +=
        fmt::format(" So it is with {} more call{} of the function, {} blocks in all.", f.more,
                    f.more == 1 ? "" : "s", CountText(kept[f.at].place->allocations));
  }
  *pieces = std::move(kept);
}

// A program that never frees would fill the page. REQUIRES: ranked.
void FoldLeaks(std::string_view rule, size_t most, std::vector<Piece>* pieces) {
  size_t seen = 0, more = 0;
  uint64_t bytes = 0;
  Piece* last = nullptr;
  std::vector<Piece> kept;
  kept.reserve(pieces->size());
  for (Piece& piece : *pieces) {
    if (piece.rule != rule) {
      kept.push_back(std::move(piece));
    } else if (seen++ < most) {
      kept.push_back(std::move(piece));
      last = &kept.back();
    } else {
      more++;
      bytes += piece.draft.saved_bytes;
    }
  }
  if (more != 0) {
    last->draft.why += fmt::format(" {} more place{} so, {}: `allocprof leaks` lists them.", more,
                                   more == 1 ? " leaks" : "s leak", BytesText(bytes));
  }
  *pieces = std::move(kept);
}

}  // namespace

void FoldAndRank(std::vector<Piece>* pieces) {
  Rank(pieces);
  FoldUnplaced(pieces);
  Rank(pieces);
  FoldLeaks("leak-growing", kMostLeaksGrowing, pieces);
  FoldLeaks("leak-once", kMostLeaksOnce, pieces);
}

}  // namespace allocprof::analysis
