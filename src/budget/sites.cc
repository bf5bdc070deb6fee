// SPDX-License-Identifier: Apache-2.0
#include "budget/sites.h"

#include <algorithm>
#include <tuple>

namespace allocprof::budget {
namespace {

template <typename T>
const T* CellOf(const std::vector<report::Value>& row, int column) {
  if (column < 0 || static_cast<size_t>(column) >= row.size()) return nullptr;
  return std::get_if<T>(&row[static_cast<size_t>(column)]);
}

// Any order will do that two runs share.
bool Precedes(const Frames& a, const Frames& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](const report::Frame& x, const report::Frame& y) {
                                        return std::tie(x.function, x.file, x.line, x.offset) <
                                               std::tie(y.function, y.file, y.line, y.offset);
                                      });
}

bool AnyFrame(const Scope& scope, const Frames& stack, auto passes) {
  if (!scope.self) return std::any_of(stack.begin(), stack.end(), passes);
  const size_t own = CallSiteOf(stack);
  return own < stack.size() && passes(stack[own]);
}

bool Passes(const Scope& scope, const Site& site) {
  const Frames& stack = *site.stack;
  if (scope.function_regex && !AnyFrame(scope, stack, [&](const report::Frame& f) {
        return !f.function.empty() && scope.function_regex->Finds(f.function);
      })) {
    return false;
  }
  if (!scope.file.empty() && !AnyFrame(scope, stack, [&](const report::Frame& f) {
        return !f.file.empty() && MatchesGlob(scope.file, f.file);
      })) {
    return false;
  }
  if (!scope.module.empty() && !AnyFrame(scope, stack, [&](const report::Frame& f) {
        return !f.module.empty() && MatchesGlob(scope.module, f.module);
      })) {
    return false;
  }
  if (!scope.thread.empty() && !(scope.thread == "main" && site.main_thread) &&
      !MatchesGlob(scope.thread, site.thread)) {
    return false;
  }
  if (!scope.region.empty() &&
      std::none_of(site.regions.begin(), site.regions.end(),
                   [&](const std::string& region) { return MatchesGlob(scope.region, region); })) {
    return false;
  }
  return !scope.phase || site.phase == analysis::PhaseName(*scope.phase);
}

}  // namespace

void AddTo(Figures* sum, const Figures& figures) {
  for (size_t i = 0; i < kMetrics; i++) {
    if (Metrics()[i].sum == Sum::kLargest) {
      (*sum)[i] = std::max((*sum)[i], figures[i]);
    } else {
      (*sum)[i] += figures[i];
    }
  }
}

Run::Run(std::shared_ptr<const report::Report> report) : report_(std::move(report)) {
  if (const report::ScalarGroup* totals = report::FindGroup(*report_, "totals")) {
    for (size_t i = 0; i < kMetrics; i++) {
      const report::Scalar* scalar = report::FindScalar(*totals, Metrics()[i].name);
      if (scalar == nullptr) continue;
      if (const auto* figure = std::get_if<uint64_t>(&scalar->value)) totals_[i] = *figure;
    }
  }
  if (const report::Table* regions = report::FindTable(*report_, "regions")) {
    const int name = report::FindColumn(*regions, "region");
    for (const auto& row : regions->rows) {
      if (const auto* text = CellOf<std::string>(row, name)) entered_.push_back(*text);
    }
  }
  const report::Table* table = report::FindTable(*report_, "sites");
  std::array<int, kMetrics> columns;
  for (size_t i = 0; i < kMetrics; i++) {
    columns[i] = table == nullptr ? -1 : report::FindColumn(*table, Metrics()[i].name);
    known_[i] = totals_[i].has_value() || columns[i] >= 0;
  }
  if (table == nullptr) return;
  const int phase = report::FindColumn(*table, "phase");
  const int thread = report::FindColumn(*table, "thread");
  const int main_thread = report::FindColumn(*table, "main_thread");
  const int regions = report::FindColumn(*table, "regions");
  sites_.resize(table->rows.size());
  for (size_t row = 0; row < sites_.size(); row++) {
    const std::vector<report::Value>& cells = table->rows[row];
    Site& site = sites_[row];
    site.stack = &table->stacks[row];
    for (size_t i = 0; i < kMetrics; i++) {
      const auto* figure = CellOf<uint64_t>(cells, columns[i]);
      if (figure != nullptr) site.figures[i] = *figure;
      // What one site cannot tell, no sum can.
      if (figure == nullptr && columns[i] >= 0) known_[i] = false;
    }
    if (const auto* text = CellOf<std::string>(cells, phase)) site.phase = *text;
    if (const auto* text = CellOf<std::string>(cells, thread)) site.thread = *text;
    if (const auto* flag = CellOf<bool>(cells, main_thread)) site.main_thread = *flag;
    if (const auto* list = CellOf<std::vector<std::string>>(cells, regions)) site.regions = *list;
  }
}

std::vector<size_t> Run::In(const Scope& scope) const {
  std::vector<size_t> in;
  for (size_t i = 0; i < sites_.size(); i++) {
    if (Passes(scope, sites_[i])) in.push_back(i);
  }
  return in;
}

bool Run::Entered(const Scope& scope) const {
  if (scope.region.empty() || scope.function_regex || !scope.file.empty() ||
      !scope.module.empty() || !scope.thread.empty() || scope.phase) {
    return false;
  }
  return std::any_of(entered_.begin(), entered_.end(),
                     [&](const std::string& region) { return MatchesGlob(scope.region, region); });
}

uint64_t Run::Figure(const Metric& metric, const std::vector<size_t>& sites, bool all) const {
  const size_t index = IndexOf(metric);
  if (all && totals_[index].has_value()) return *totals_[index];
  uint64_t figure = 0;
  for (const size_t site : sites) {
    const uint64_t one = sites_[site].figures[index];
    figure = metric.sum == Sum::kLargest ? std::max(figure, one) : figure + one;
  }
  return figure;
}

StackSums Run::ByStack(const std::vector<size_t>& sites) const {
  StackSums sums;
  for (const size_t index : sites) {
    StackSum& sum = sums[StackKey(*sites_[index].stack)];
    AddTo(&sum.figures, sites_[index].figures);
    sum.sites.push_back(&sites_[index]);
  }
  return sums;
}

const Frames& StackSum::Largest(size_t metric) const {
  const auto less = [metric](const Site* a, const Site* b) {
    if (a->figures[metric] != b->figures[metric]) return a->figures[metric] < b->figures[metric];
    return Precedes(*b->stack, *a->stack);
  };
  return *(*std::max_element(sites.begin(), sites.end(), less))->stack;
}

}  // namespace allocprof::budget
