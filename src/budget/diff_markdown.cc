// SPDX-License-Identifier: Apache-2.0
//
// A comparison in GitHub's Markdown, as a comment on a pull request.
#include <fmt/format.h>

#include <algorithm>

#include "budget/diff_reports.h"
#include "budget/markdown_text.h"

namespace allocprof::budget {
namespace {

void WriteStacks(const DiffSubject& subject, Change change, const char* title, std::ostream& out) {
  std::vector<const StackChange*> stacks = subject.diff.Of(change);
  if (stacks.empty()) return;
  const Metric& metric = *subject.diff.metric;
  const size_t index = IndexOf(metric);
  out << fmt::format(
      "\n**{}**: {}\n\n| change | before | after | stack |\n"
      "| ---: | ---: | ---: | --- |\n",
      title, SumText(stacks, metric));
  const size_t shown = subject.top == 0 ? stacks.size() : std::min(subject.top, stacks.size());
  for (size_t i = 0; i < shown; i++) {
    const StackChange& stack = *stacks[i];
    out << fmt::format("| {} | {} | {} | {} |\n", SignedText(stack.By(index)),
                       FigureText(stack.before[index]), FigureText(stack.after[index]),
                       Marked(DiffStack(stack, subject)));
  }
  if (shown == stacks.size()) return;
  stacks.erase(stacks.begin(), stacks.begin() + static_cast<ptrdiff_t>(shown));
  out << fmt::format("\n… and {}\n", SumText(stacks, metric));
}

}  // namespace

void WriteDiffMarkdown(const DiffSubject& subject, std::ostream& out) {
  const Diff& diff = subject.diff;
  out << "### " << Marked(DiffSentence(subject)) << "\n\n";
  for (const FailRule& rule : subject.failed) {
    out << "- **failed** " << Marked(FailureText(rule, diff)) << "\n";
  }
  out << "\n| | before | after | change | |\n| --- | ---: | ---: | ---: | ---: |\n";
  for (const size_t i : ShownMetrics(diff)) {
    const bool same = diff.before[i] == diff.after[i];
    out << fmt::format("| {} | {} | {} | {} | {} |\n", Words(Metrics()[i]),
                       FigureText(diff.before[i]), FigureText(diff.after[i]),
                       same ? "" : ChangeText(diff.before[i], diff.after[i]),
                       same ? "" : ChangePercentText(diff.before[i], diff.after[i]));
  }
  if (!subject.limits.empty()) {
    out << "\n| budget | metric | before | after | limit | |\n"
           "| --- | --- | ---: | ---: | ---: | --- |\n";
  }
  for (const LimitChange& limit : subject.limits) {
    const Verdict& v = limit.after;
    out << fmt::format("| {} | {} | {} | {} | {} | {} |\n", Marked(v.budget->id), Words(*v.metric),
                       FigureText(limit.before.figure), FigureText(v.figure), LimitText(v),
                       limit.Word());
  }
  WriteStacks(subject, Change::kNew, "New", out);
  WriteStacks(subject, Change::kGrown, "Grown", out);
  WriteStacks(subject, Change::kGone, "Gone", out);
  WriteStacks(subject, Change::kShrunk, "Shrunk", out);
}

}  // namespace allocprof::budget
