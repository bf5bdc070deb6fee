// SPDX-License-Identifier: Apache-2.0
#include "base/edit_distance.h"

#include <algorithm>

namespace allocprof {

size_t EditDistance(std::string_view a, std::string_view b) {
  // Three rows of the table: a swap looks two rows back.
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); j++) above[j] = j;
  for (size_t i = 1; i <= a.size(); i++) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); j++) {
      const size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

std::string ClosestWord(std::string_view word, const std::vector<std::string>& candidates) {
  const size_t longest = std::clamp<size_t>(word.size() / 3, 1, 3);
  std::string best;
  size_t best_distance = longest + 1;
  for (const std::string& candidate : candidates) {
    // Saves the table for a word that cannot be near: an argument may be 100 KiB long.
    const size_t sizes =
        std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size());
    if (sizes >= best_distance) continue;
    const size_t distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace allocprof
