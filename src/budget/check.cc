// SPDX-License-Identifier: Apache-2.0
#include "budget/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "budget/json_text.h"
#include "budget/scoped_runs.h"

namespace allocprof::budget {
namespace {

// So many stacks of each metric stand in a baseline: enough to name who is to blame.
constexpr size_t kKeptStacks = 50;

uint64_t Distance(uint64_t figure, const Range& range) {
  if (figure < range.low) return range.low - figure;
  return figure > range.high ? figure - range.high : 0;
}

// The run whose figure is furthest out, or nearest to get there.
size_t WorstRun(const std::vector<uint64_t>& figures, const Range& range, Bound bound) {
  size_t worst = 0;
  for (size_t i = 1; i < figures.size(); i++) {
    const uint64_t here = Distance(figures[i], range), there = Distance(figures[worst], range);
    const bool nearer =
        bound == Bound::kMin ? figures[i] < figures[worst] : figures[i] > figures[worst];
    if (here > there || (here == there && nearer)) worst = i;
  }
  return worst;
}

// How far it went in the direction in which the limit was crossed.
uint64_t Blame(const Culprit& c, bool above) {
  const uint64_t before = c.before.value_or(above ? 0 : c.figure);
  if (above) return c.figure > before ? c.figure - before : 0;
  return before > c.figure ? before - c.figure : 0;
}

std::vector<Share> LinesOf(const StackSum& sum, const Metric& metric) {
  std::map<std::pair<std::string, int>, uint64_t> figures;
  for (const Site* site : sum.sites) {
    const size_t at = PlaceOf(*site->stack);
    if (at >= site->stack->size()) continue;
    const report::Frame& frame = (*site->stack)[at];
    uint64_t& figure = figures[{frame.file, frame.line}];
    const uint64_t one = site->figures[IndexOf(metric)];
    figure = metric.sum == Sum::kLargest ? std::max(figure, one) : figure + one;
  }
  std::vector<Share> lines;
  for (const auto& [place, figure] : figures) {
    if (figure != 0) lines.push_back({figure, place.first, place.second});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Share& a, const Share& b) { return a.figure > b.figure; });
  return lines;
}

std::vector<Culprit> Culprits(const Verdict& verdict, const ScopedRuns& scoped,
                              const Baseline* baseline, size_t most) {
  const size_t index = IndexOf(*verdict.metric);
  std::vector<Culprit> culprits;
  std::map<std::string, const StackSum*> sums;
  if (verdict.metric->sum == Sum::kProcess) return culprits;
  const std::string metric = verdict.metric->name;
  const bool compared = baseline != nullptr && verdict.baseline.has_value();
  const bool whole =
      compared && baseline->left_out.count(EntryKey(verdict.budget->id, metric)) == 0;
  for (const auto& [key, sum] : scoped.Stacks(verdict.run)) {
    if (sum.figures[index] == 0 || scoped.LeftOut(*verdict.metric).count(key) != 0) continue;
    Culprit c{KeyId(key), sum.figures[index], std::nullopt, false, nullptr, {}};
    if (compared) {
      const auto entry = baseline->stacks.find(EntryKey(verdict.budget->id, c.id));
      if (entry != baseline->stacks.end()) {
        const auto figure = entry->second.figures.find(metric);
        c.before = figure == entry->second.figures.end() ? 0 : figure->second;
      } else if (whole) {
        c.fresh = true;
        c.before = 0;
      } else {
        // It had at most what the largest that was left out had.
        c.before = std::min(c.figure, baseline->left_out.at(EntryKey(verdict.budget->id, metric)));
      }
    }
    culprits.push_back(std::move(c));
    sums.emplace(culprits.back().id, &sum);
  }
  const bool above = verdict.above;
  std::stable_sort(culprits.begin(), culprits.end(), [above](const Culprit& a, const Culprit& b) {
    return std::make_pair(Blame(a, above), a.figure) > std::make_pair(Blame(b, above), b.figure);
  });
  // Those that have changed are to blame; where none has grown, the largest are.
  const auto changed = static_cast<size_t>(
      std::count_if(culprits.begin(), culprits.end(),
                    [above](const Culprit& c) { return Blame(c, above) != 0; }));
  const size_t kept = changed != 0 || !above ? changed : culprits.size();
  culprits.resize(std::min({most, kept, culprits.size()}));
  for (Culprit& c : culprits) {
    const StackSum& sum = *sums.at(c.id);
    c.lines = LinesOf(sum, *verdict.metric);
    c.stack = &sum.Largest(index);
  }
  return culprits;
}

Status NotInBaseline(const Verdict& verdict, const CheckOptions& options) {
  return Mistake(options.baseline_path,
                 "/figures/" + PointerPart(EntryKey(verdict.budget->id, verdict.metric->name)),
                 fmt::format("is missing, and {} of {} is a share of it; write it: allocprof "
                             "baseline update TRACE",
                             verdict.limit->pointer, options.budget_path));
}

Result<Verdict> Judge(const Budget& budget, const MetricBudget& metric, const Limit& limit,
                      const ScopedRuns& scoped, const Baseline* baseline,
                      const CheckOptions& options) {
  Verdict verdict;
  verdict.budget = &budget;
  verdict.metric = metric.metric;
  verdict.limit = &limit;
  if (baseline != nullptr) verdict.baseline = baseline->Find(budget.id, metric.metric->name);
  if (limit.of_baseline && !verdict.baseline) return NotInBaseline(verdict, options);
  const Range range = RangeOf(limit, verdict.baseline.value_or(0));
  std::vector<uint64_t> figures;
  for (size_t i = 0; i < scoped.size(); i++) figures.push_back(scoped.Figure(*metric.metric, i));
  verdict.run = WorstRun(figures, range, limit.bound);
  verdict.figure = figures[verdict.run];
  verdict.above =
      limit.bound == Bound::kMax || (limit.bound == Bound::kEqual && verdict.figure >= range.low);
  verdict.bound = verdict.above ? range.high : range.low;
  if (!range.Holds(verdict.figure)) {
    verdict.judgement = Judgement::kBroken;
    verdict.culprits = Culprits(verdict, scoped, baseline, options.culprits);
  } else if (limit.of_baseline && limit.bound != Bound::kMin &&
             verdict.figure < *verdict.baseline) {
    verdict.judgement = Judgement::kBetter;
  }
  return verdict;
}

void AddUnstable(const Budget& budget, const ScopedRuns& scoped,
                 std::map<std::pair<std::string, const Metric*>, UnstableStack>* to) {
  for (const MetricBudget& metric : budget.metrics) {
    const size_t index = IndexOf(*metric.metric);
    for (const std::string& key : scoped.Unstable(*metric.metric)) {
      UnstableStack stack{KeyId(key), metric.metric, nullptr, UINT64_MAX, 0};
      for (size_t run = 0; run < scoped.size(); run++) {
        const auto it = scoped.Stacks(run).find(key);
        const bool there = it != scoped.Stacks(run).end();
        const uint64_t figure = there ? it->second.figures[index] : 0;
        if (there && stack.stack == nullptr) stack.stack = &it->second.Largest(index);
        stack.least = std::min(stack.least, figure);
        stack.most = std::max(stack.most, figure);
      }
      to->try_emplace({key, metric.metric}, stack);
    }
  }
}

// The stacks with most of some metric, and how much the others have at most.
void KeepStacks(const Budget& budget, const ScopedRuns& scoped, Baseline* to) {
  const StackSums& sums = scoped.Stacks(0);
  std::set<std::string> kept;
  for (const MetricBudget& metric : budget.metrics) {
    const size_t index = IndexOf(*metric.metric);
    std::vector<std::pair<uint64_t, const std::string*>> ranked;
    for (const auto& [key, sum] : sums) {
      if (sum.figures[index] != 0) ranked.emplace_back(sum.figures[index], &key);
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (size_t i = 0; i < std::min(ranked.size(), kKeptStacks); i++)
      kept.insert(*ranked[i].second);
  }
  for (const auto& [key, sum] : sums) {
    BaselineStack entry{ShortStack(*sum.sites.front()->stack, 3), {}};
    for (const MetricBudget& metric : budget.metrics) {
      if (metric.metric->sum == Sum::kProcess) continue;
      const uint64_t figure = sum.figures[IndexOf(*metric.metric)];
      if (kept.count(key) != 0) {
        entry.figures[metric.metric->name] = figure;
      } else if (figure != 0) {
        uint64_t& most = to->left_out[EntryKey(budget.id, metric.metric->name)];
        most = std::max(most, figure);
      }
    }
    if (kept.count(key) != 0) to->stacks[EntryKey(budget.id, KeyId(key))] = std::move(entry);
  }
}

}  // namespace

size_t Outcome::Count(Judgement judgement) const {
  return static_cast<size_t>(
      std::count_if(verdicts.begin(), verdicts.end(),
                    [&](const Verdict& verdict) { return verdict.judgement == judgement; }));
}

Result<Outcome> Check(const BudgetFile& file, const Baseline* baseline,
                      const std::vector<Run>& runs, const CheckOptions& options) {
  Outcome outcome;
  outcome.runs = runs.size();
  std::map<std::pair<std::string, const Metric*>, UnstableStack> unstable;
  for (const Budget& budget : file.budgets) {
    const Result<ScopedRuns> scoped = ScopedRuns::Of(file.path, budget, runs);
    if (!scoped.ok()) return scoped.status();
    AddUnstable(budget, scoped.value(), &unstable);
    for (const MetricBudget& metric : budget.metrics) {
      for (const Limit& limit : metric.limits) {
        Result<Verdict> verdict = Judge(budget, metric, limit, scoped.value(), baseline, options);
        if (!verdict.ok()) return verdict.status();
        outcome.verdicts.push_back(std::move(verdict.value()));
      }
    }
  }
  for (auto& [key, stack] : unstable) outcome.unstable.push_back(std::move(stack));
  std::stable_sort(outcome.unstable.begin(), outcome.unstable.end(),
                   [](const UnstableStack& a, const UnstableStack& b) {
                     return a.most - a.least > b.most - b.least;
                   });
  return outcome;
}

Result<Baseline> MakeBaseline(const BudgetFile& file, const std::vector<Run>& runs) {
  Baseline baseline;
  for (const Budget& budget : file.budgets) {
    const Result<ScopedRuns> scoped = ScopedRuns::Of(file.path, budget, runs);
    if (!scoped.ok()) return scoped.status();
    for (const MetricBudget& metric : budget.metrics) {
      uint64_t most = 0;
      for (size_t run = 0; run < runs.size(); run++) {
        most = std::max(most, scoped.value().Figure(*metric.metric, run));
      }
      baseline.figures[EntryKey(budget.id, metric.metric->name)] = most;
    }
    KeepStacks(budget, scoped.value(), &baseline);
  }
  return baseline;
}

}  // namespace allocprof::budget
