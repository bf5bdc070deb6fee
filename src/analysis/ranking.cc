// SPDX-License-Identifier: Apache-2.0
#include "analysis/ranking.h"

#include <algorithm>
#include <numeric>

namespace allocprof::analysis {
namespace {

uint64_t Number(const report::Value& v) {
  const auto* n = std::get_if<uint64_t>(&v);
  return n != nullptr ? *n : 0;
}

}  // namespace

void RankAndCut(report::Table* table, const std::string& column, const Cut& cut,
                const std::vector<bool>& additive) {
  const auto at = static_cast<size_t>(std::max(0, report::FindColumn(*table, column)));
  std::vector<size_t> order(table->rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return Number(table->rows[a][at]) > Number(table->rows[b][at]);
  });
  size_t kept = cut.top == 0 ? order.size() : std::min<size_t>(cut.top, order.size());
  uint64_t whole = 0;
  for (const auto& row : table->rows) whole += Number(row[at]);
  const double least = cut.min.Of(static_cast<double>(whole));
  while (kept > 0 && static_cast<double>(Number(table->rows[order[kept - 1]][at])) < least) kept--;
  std::vector<std::vector<report::Value>> rows;
  std::vector<std::vector<report::Frame>> stacks;
  for (size_t i = 0; i < kept; i++) {
    rows.push_back(std::move(table->rows[order[i]]));
    if (!table->stacks.empty()) stacks.push_back(std::move(table->stacks[order[i]]));
  }
  table->omitted_rows = order.size() - kept;
  if (table->omitted_rows != 0) {
    table->omitted.resize(table->columns.size());
    for (size_t c = 0; c < table->columns.size(); c++) {
      if (!additive[c]) continue;
      uint64_t sum = 0;
      for (size_t i = kept; i < order.size(); i++) sum += Number(table->rows[order[i]][c]);
      table->omitted[c] = sum;
    }
  }
  table->rows = std::move(rows);
  table->stacks = std::move(stacks);
}

}  // namespace allocprof::analysis
