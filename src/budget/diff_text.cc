// SPDX-License-Identifier: Apache-2.0
//
// A comparison for people: the sentence, the totals, then the stacks.
#include <fmt/format.h>

#include <algorithm>

#include "budget/diff_reports.h"

namespace allocprof::budget {
namespace {

void WriteTotals(const Diff& diff, std::ostream& out) {
  out << fmt::format("\n  {:<24} {:>16} {:>16} {:>16}\n", "", "before", "after", "change");
  for (const size_t i : ShownMetrics(diff)) {
    const uint64_t before = diff.before[i], after = diff.after[i];
    out << fmt::format("  {:<24} {:>16} {:>16} {:>16}", Words(Metrics()[i]), FigureText(before),
                       FigureText(after), before == after ? "" : ChangeText(before, after));
    const std::string percent = before == after ? "" : ChangePercentText(before, after);
    out << (percent.empty() ? "\n" : fmt::format("  {:>9}\n", percent));
  }
}

void WriteStacks(const DiffSubject& subject, Change change, const char* title, std::ostream& out) {
  std::vector<const StackChange*> stacks = subject.diff.Of(change);
  if (stacks.empty()) return;
  const Metric& metric = *subject.diff.metric;
  const size_t index = IndexOf(metric);
  out << fmt::format("\n{}: {}\n", title, SumText(stacks, metric));
  const size_t shown = subject.top == 0 ? stacks.size() : std::min(subject.top, stacks.size());
  for (size_t i = 0; i < shown; i++) {
    const StackChange& stack = *stacks[i];
    out << fmt::format("  {:>12}  ", SignedText(stack.By(index)));
    if (change == Change::kGrown || change == Change::kShrunk) {
      out << fmt::format("{} -> {}  ", FigureText(stack.before[index]),
                         FigureText(stack.after[index]));
    }
    out << DiffStack(stack, subject) << (stack.moved ? " (on another way than before)" : "")
        << "\n";
  }
  if (shown == stacks.size()) return;
  stacks.erase(stacks.begin(), stacks.begin() + static_cast<ptrdiff_t>(shown));
  out << fmt::format("  {:>12}  {} more, see --top 0\n", "...", SumText(stacks, metric));
}

}  // namespace

void WriteDiffText(const DiffSubject& subject, std::ostream& out) {
  out << DiffSentence(subject) << "\n";
  for (const FailRule& rule : subject.failed) {
    out << "error: --fail-on " << FailureText(rule, subject.diff) << "\n";
  }
  WriteTotals(subject.diff, out);
  if (!subject.limits.empty()) out << "\nBudget\n";
  for (const LimitChange& limit : subject.limits) {
    out << fmt::format("  {}: [{}] {} before; {}\n", limit.Word(), limit.after.budget->id,
                       FigureText(limit.before.figure), Sentence(limit.after));
  }
  WriteStacks(subject, Change::kNew, "New", out);
  WriteStacks(subject, Change::kGrown, "Grown", out);
  WriteStacks(subject, Change::kGone, "Gone", out);
  WriteStacks(subject, Change::kShrunk, "Shrunk", out);
  const std::vector<const StackChange*> same = subject.diff.Of(Change::kSame);
  const auto moved = std::count_if(same.begin(), same.end(),
                                   [](const StackChange* stack) { return stack->moved; });
  out << fmt::format("\nThe same: {} stack{}", same.size(), same.size() == 1 ? "" : "s");
  if (moved != 0) out << fmt::format(", {} of them on another way than before", moved);
  out << "\n";
}

}  // namespace allocprof::budget
