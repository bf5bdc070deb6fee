// SPDX-License-Identifier: Apache-2.0
//
// A check for people: broken limits as gcc writes errors, then those that are kept.
#include <fmt/format.h>

#include "budget/check_reports.h"

namespace allocprof::budget {
namespace {

constexpr size_t kMostUnstable = 10;

void WriteBroken(const Verdict& verdict, const CheckSubject& subject, std::ostream& out) {
  out << fmt::format("{}: error: [{}] {}\n", PlaceText(verdict, subject), verdict.budget->id,
                     Sentence(verdict));
  if (!verdict.budget->description.empty()) {
    out << "    " << OneLine(verdict.budget->description) << "\n";
  }
  for (const Culprit& culprit : verdict.culprits) {
    out << fmt::format("    {}: {}\n", CulpritFigure(verdict, culprit),
                       CulpritStack(culprit, subject));
  }
  out << "    to accept: " << Remedy(verdict, subject) << "\n";
}

}  // namespace

void WriteCheckText(const Outcome& outcome, const CheckSubject& subject, std::ostream& out) {
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.judgement == Judgement::kBroken) WriteBroken(verdict, subject, out);
  }
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.judgement == Judgement::kBroken) continue;
    out << fmt::format("{}: [{}] {}", verdict.judgement == Judgement::kBetter ? "better" : "kept",
                       verdict.budget->id, Sentence(verdict));
    if (verdict.judgement == Judgement::kBetter) {
      out << "; to keep it: " << Remedy(verdict, subject);
    }
    out << "\n";
  }
  for (size_t i = 0; i < outcome.unstable.size(); i++) {
    if (i == kMostUnstable) {
      out << fmt::format("unstable: {} more; see --report json\n", outcome.unstable.size() - i);
      break;
    }
    const UnstableStack& stack = outcome.unstable[i];
    out << fmt::format("unstable: {}: {}\n", UnstableText(stack),
                       CulpritStack(*stack.stack, subject));
  }
  out << SummaryText(outcome, subject) << "\n";
}

}  // namespace allocprof::budget
