// SPDX-License-Identifier: Apache-2.0
#include "budget/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "base/edit_distance.h"
#include "base/threshold.h"

namespace allocprof::budget {
namespace {

std::vector<size_t> AllSites(const Run& run) {
  std::vector<size_t> all(run.sites().size());
  std::iota(all.begin(), all.end(), size_t{0});
  return all;
}

Figures Totals(const Run& run) {
  Figures totals{};
  const std::vector<size_t> all = AllSites(run);
  for (size_t i = 0; i < kMetrics; i++) totals[i] = run.Figure(Metrics()[i], all, true);
  return totals;
}

// The function that allocates; where it has no symbol, its module.
std::string OriginOf(const std::string& key) {
  const std::string innermost = key.substr(0, key.find('\n'));
  return innermost.substr(0, innermost.find("+0x"));
}

Change Judge(const StackChange& stack, size_t metric) {
  const uint64_t before = stack.before[metric], after = stack.after[metric];
  if (before == after) return Change::kSame;
  if (before == 0) return Change::kNew;
  if (after == 0) return Change::kGone;
  return after > before ? Change::kGrown : Change::kShrunk;
}

struct LeftOver {
  std::vector<std::pair<const std::string*, const StackSum*>> gone, fresh;
};

// What is only in one of the runs, by where it allocates.
void AddLeftOver(const LeftOver& left, size_t metric, std::vector<StackChange>* to) {
  const bool moved = !left.gone.empty() && !left.fresh.empty();
  StackChange all;
  for (const auto& [key, sum] : left.gone) {
    StackChange one{KeyId(*key), Change::kSame, moved, sum->figures, {}, &sum->Largest(metric)};
    if (!moved) to->push_back(std::move(one));
    AddTo(&all.before, sum->figures);
  }
  uint64_t most = 0;
  for (const auto& [key, sum] : left.fresh) {
    StackChange one{KeyId(*key), Change::kSame, moved, {}, sum->figures, &sum->Largest(metric)};
    if (all.stack == nullptr || sum->figures[metric] > most) {
      most = sum->figures[metric];
      all.id = one.id;
      all.stack = one.stack;
    }
    if (!moved) to->push_back(std::move(one));
    AddTo(&all.after, sum->figures);
  }
  if (!moved) return;
  all.moved = true;
  to->push_back(std::move(all));
}

}  // namespace

const char* ChangeName(Change change) {
  static constexpr const char* kNames[] = {"new", "gone", "grown", "shrunk", "same"};
  return kNames[static_cast<size_t>(change)];
}

std::vector<const StackChange*> Diff::Of(Change change) const {
  std::vector<const StackChange*> of;
  for (const StackChange& stack : stacks) {
    if (stack.change == change) of.push_back(&stack);
  }
  return of;
}

Diff Compare(const Run& before, const Run& after, const Metric& metric) {
  Diff diff;
  diff.metric = &metric;
  diff.before = Totals(before);
  diff.after = Totals(after);
  for (const Metric& m : Metrics()) diff.known.push_back(before.Knows(m) && after.Knows(m));
  const size_t index = IndexOf(metric);
  const StackSums a = before.ByStack(AllSites(before)), b = after.ByStack(AllSites(after));
  std::map<std::string, LeftOver> left;
  for (const auto& [key, sum] : a) {
    const auto other = b.find(key);
    if (other == b.end()) {
      left[OriginOf(key)].gone.emplace_back(&key, &sum);
      continue;
    }
    diff.stacks.push_back({KeyId(key), Change::kSame, false, sum.figures, other->second.figures,
                           &other->second.Largest(index)});
  }
  for (const auto& [key, sum] : b) {
    if (a.count(key) == 0) left[OriginOf(key)].fresh.emplace_back(&key, &sum);
  }
  for (const auto& [origin, stacks] : left) AddLeftOver(stacks, index, &diff.stacks);
  for (StackChange& stack : diff.stacks) stack.change = Judge(stack, index);
  std::stable_sort(diff.stacks.begin(), diff.stacks.end(),
                   [index](const StackChange& x, const StackChange& y) {
                     return std::abs(x.By(index)) > std::abs(y.By(index));
                   });
  return diff;
}

Result<FailRule> ParseFailRule(const std::string& text) {
  FailRule rule;
  rule.text = text;
  const size_t at = text.find('>');
  const auto wrong = [&](const std::string& what) {
    return Status(ErrorCode::kUsage,
                  fmt::format("--fail-on: '{}' {}; write 'allocations>+0', 'peak_bytes>+5%' or "
                              "'leaked_bytes>0'",
                              text, what));
  };
  if (at == text.npos) return wrong("has no '>'");
  std::string name = text.substr(0, at), amount = text.substr(at + 1);
  name.erase(name.find_last_not_of(' ') + 1);
  amount.erase(0, std::min(amount.find_first_not_of(' '), amount.size()));
  rule.metric = FindMetric(name);
  if (rule.metric == nullptr) {
    std::vector<std::string> names;
    for (const Metric& metric : Metrics()) names.emplace_back(metric.name);
    const std::string near = ClosestWord(name, names);
    return wrong(near.empty() ? "begins with no metric"
                              : "begins with no metric (did you mean '" + near + "'?)");
  }
  if (!amount.empty() && amount.front() == '+') {
    rule.relative = true;
    amount.erase(0, 1);
  }
  const Result<Limit> limit = ParseLimit(amount, *rule.metric);
  if (!limit.ok()) return wrong("ends in no amount");
  rule.percent = limit.value().of_baseline;
  if (rule.percent && !rule.relative) return wrong("needs a '+' before its percentage");
  rule.amount = rule.percent ? limit.value().percent : static_cast<double>(limit.value().amount);
  return rule;
}

bool FailRule::Fails(uint64_t before, uint64_t after) const {
  if (!relative) return static_cast<double>(after) > amount;
  if (after <= before) return false;
  const double more = static_cast<double>(after - before);
  return more > (percent ? amount / 100 * static_cast<double>(before) : amount);
}

const char* LimitChange::Word() const {
  const bool was = before.judgement == Judgement::kBroken;
  const bool is = after.judgement == Judgement::kBroken;
  if (is) return was ? "broken before, too" : "broken by this change";
  return was ? "repaired" : "kept";
}

}  // namespace allocprof::budget
