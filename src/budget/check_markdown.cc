// SPDX-License-Identifier: Apache-2.0
//
// A check in GitHub's Markdown: a comment on a pull request, or a job's summary.
#include <fmt/format.h>

#include "budget/check_reports.h"
#include "budget/markdown_text.h"

namespace allocprof::budget {
namespace {

const char* Word(Judgement judgement) {
  static constexpr const char* kWords[] = {"kept", "**broken**", "better"};
  return kWords[static_cast<size_t>(judgement)];
}

void WriteCulprits(const Verdict& verdict, const CheckSubject& subject, std::ostream& out) {
  out << fmt::format("\n**{}** {}: {}\n\n", Marked(verdict.budget->id),
                     Marked(PlaceText(verdict, subject)), Marked(Sentence(verdict)));
  for (const Culprit& culprit : verdict.culprits) {
    out << fmt::format("- {}: {}\n", Marked(CulpritFigure(verdict, culprit)),
                       Marked(CulpritStack(culprit, subject)));
  }
  out << "\nTo accept: " << Marked(Remedy(verdict, subject)) << "\n";
}

}  // namespace

void WriteCheckMarkdown(const Outcome& outcome, const CheckSubject& subject, std::ostream& out) {
  out << "### Allocations of " << Marked(SummaryText(outcome, subject)) << "\n\n";
  out << "| budget | metric | figure | limit | change | baseline | |\n"
         "| --- | --- | ---: | ---: | ---: | ---: | --- |\n";
  for (const Verdict& v : outcome.verdicts) {
    const uint64_t from = v.baseline.value_or(v.bound);
    const std::string change = ChangePercentText(from, v.figure);
    out << fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", Marked(v.budget->id),
                       Words(*v.metric), FigureText(v.figure), LimitText(v),
                       change.empty() ? ChangeText(from, v.figure) : change,
                       v.baseline ? FigureText(*v.baseline) : "", Word(v.judgement));
  }
  for (const Verdict& v : outcome.verdicts) {
    if (v.judgement == Judgement::kBroken) WriteCulprits(v, subject, out);
  }
  if (!outcome.unstable.empty()) out << "\nNot the same in each run:\n\n";
  for (const UnstableStack& stack : outcome.unstable) {
    out << fmt::format("- {}: {}\n", UnstableText(stack),
                       Marked(CulpritStack(*stack.stack, subject)));
  }
  out << "\n";
}

}  // namespace allocprof::budget
