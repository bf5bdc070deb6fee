// SPDX-License-Identifier: Apache-2.0
#include "budget/verdict_text.h"

#include <fmt/format.h>

#include "base/units.h"
#include "view/display_text.h"

namespace allocprof::budget {
namespace {

constexpr size_t kMostFrames = 8;
constexpr size_t kMostLines = 4;

// "5", "2.5".
std::string PercentNumber(double percent) { return fmt::format("{:g}", percent); }

const char* Sign(const Verdict& verdict) {
  if (verdict.limit->bound == Bound::kEqual && !verdict.limit->of_baseline) return "!=";
  return verdict.above ? ">" : "<";
}

// Of the first to blame that leads to the user's own source, else of the first.
const Frames* BlamedStack(const Verdict& verdict) {
  for (const Culprit& culprit : verdict.culprits) {
    const Frames& stack = *culprit.stack;
    const size_t at = PlaceOf(stack);
    if (at < stack.size() && !stack[at].system && !stack[at].file.empty()) return &stack;
  }
  return verdict.culprits.empty() ? nullptr : verdict.culprits.front().stack;
}

// "+24.0 %", or what it is more where there is nothing to be a share of.
std::string Excess(const Verdict& verdict) {
  const std::string percent = ChangePercentText(verdict.bound, verdict.figure);
  return percent.empty() ? ChangeText(verdict.bound, verdict.figure) : percent;
}

}  // namespace

std::string OneLine(std::string_view text) {
  std::string line = view::Printable(text, true);
  for (size_t at = 0; (at = line.find("##[", at)) != line.npos; at += 3) {
    line.replace(at, 3, "##\\x5b");
  }
  if (line.find_first_not_of(' ') == line.find("::") && line.find("::") != line.npos) {
    line.replace(line.find("::"), 2, "\\x3a:");
  }
  return line;
}

std::string RelativePath(const std::string& path, const std::vector<std::string>& roots) {
  for (const std::string& root : roots) {
    if (root.empty() || root == "/") continue;
    const std::string folder = root.back() == '/' ? root : root + "/";
    if (path.size() > folder.size() && path.compare(0, folder.size(), folder) == 0) {
      return path.substr(folder.size());
    }
  }
  return path;
}

Place PlaceOf(const Frames& stack, const CheckSubject& subject) {
  const size_t at = PlaceOf(stack);
  if (at >= stack.size()) return {subject.budget_path, 0, "", false};
  const report::Frame& frame = stack[at];
  Place place;
  place.function = NameOf(frame);
  place.source = !frame.file.empty();
  place.file = place.source ? RelativePath(frame.file, subject.roots) : subject.budget_path;
  place.line = place.source ? frame.line : 0;
  return place;
}

Place PlaceOf(const Verdict& verdict, const CheckSubject& subject) {
  const Frames* stack = BlamedStack(verdict);
  return stack == nullptr ? Place{subject.budget_path, 0, "", false} : PlaceOf(*stack, subject);
}

std::string PlaceText(const Verdict& verdict, const CheckSubject& subject) {
  const Place place = PlaceOf(verdict, subject);
  std::string text = place.file;
  if (place.line > 0) text += fmt::format(":{}", place.line);
  if (const Frames* stack = BlamedStack(verdict); stack != nullptr && !place.source) {
    const size_t at = PlaceOf(*stack);
    if (at < stack->size() && !(*stack)[at].module.empty()) text = (*stack)[at].module;
  }
  return OneLine(text);
}

std::string LimitText(const Verdict& verdict) {
  const Limit& limit = *verdict.limit;
  std::string text = fmt::format("{} {}", BoundName(limit.bound), FigureText(verdict.bound));
  if (limit.of_baseline && limit.percent != 0) {
    const char* side = limit.bound == Bound::kMax   ? "above"
                       : limit.bound == Bound::kMin ? "below"
                                                    : "around";
    text += fmt::format(" ({} % {} {})", PercentNumber(limit.percent), side,
                        FigureText(*verdict.baseline));
  }
  return text;
}

std::string Sentence(const Verdict& verdict) {
  const std::string figure = Counted(verdict.figure, *verdict.metric);
  if (verdict.judgement != Judgement::kBroken) return figure + ", " + LimitText(verdict);
  std::string text = fmt::format("{} {} {} ({}", figure, Sign(verdict), FigureText(verdict.bound),
                                 Excess(verdict));
  if (verdict.baseline) text += "; baseline " + FigureText(*verdict.baseline);
  return text + ")";
}

std::string CulpritFigure(const Verdict& verdict, const Culprit& culprit) {
  std::string text = Counted(culprit.figure, *verdict.metric);
  if (culprit.fresh) return text + ", NEW";
  if (culprit.before) text += fmt::format(" ({})", ChangeText(*culprit.before, culprit.figure));
  return text;
}

std::string CulpritStack(const Culprit& culprit, const CheckSubject& subject) {
  std::string text = CulpritStack(*culprit.stack, subject);
  if (culprit.lines.size() < 2) return text;
  // The stack is the first line's; the function may allocate in others, too.
  std::string lines;
  for (size_t i = 0; i < culprit.lines.size(); i++) {
    const Share& share = culprit.lines[i];
    if (i == kMostLines) {
      lines += ", ...";
      break;
    }
    lines += i == 0 ? "" : ", ";
    const bool same = share.file == culprit.lines.front().file && i != 0;
    const std::string file =
        same ? "line " : OneLine(RelativePath(share.file, subject.roots)) + ":";
    lines += fmt::format("{} in {}{}", FigureText(share.figure), file, share.line);
  }
  return text + " (" + lines + ")";
}

std::string CulpritStack(const Frames& stack, const CheckSubject& subject) {
  std::string text;
  size_t shown = 0;
  bool user = false;
  for (const report::Frame& frame : stack) user = user || (!frame.system && !frame.plumbing);
  for (const report::Frame& frame : stack) {
    if (user ? frame.system || frame.plumbing : frame.plumbing) continue;
    if (shown == kMostFrames) return text + " < ...";
    text += (shown++ == 0 ? "" : " < ") + OneLine(KeyName(frame));
    if (!frame.file.empty() && frame.line > 0) {
      text += fmt::format(" {}:{}", OneLine(RelativePath(frame.file, subject.roots)), frame.line);
    }
  }
  return text;
}

std::string Remedy(const Verdict& verdict, const CheckSubject& subject) {
  if (!verdict.limit->of_baseline) {
    return fmt::format("set {} in {} to {}", verdict.limit->pointer, OneLine(subject.budget_path),
                       verdict.figure);
  }
  const std::string accept = verdict.judgement == Judgement::kBroken && verdict.above
                                 ? "--accept-increase " + verdict.budget->id + " "
                                 : "";
  return OneLine(
      fmt::format("allocprof baseline update {}{}{}", accept, subject.options, subject.arguments));
}

std::string SummaryText(const Outcome& outcome, const CheckSubject& subject) {
  const size_t all = outcome.verdicts.size(), broken = outcome.Count(Judgement::kBroken);
  const size_t better = outcome.Count(Judgement::kBetter);
  std::string text = OneLine(subject.program) + ": ";
  if (broken != 0) {
    text += fmt::format("{} of {} limit{} broken", broken, all, all == 1 ? "" : "s");
  } else {
    text += all == 1 ? "the limit is kept" : fmt::format("all {} limits are kept", all);
  }
  if (better != 0) text += fmt::format(", {} better than the baseline", better);
  if (outcome.runs > 1) {
    text += fmt::format("; {} runs, {} stack{} not the same in each", outcome.runs,
                        outcome.unstable.size(), outcome.unstable.size() == 1 ? "" : "s");
  }
  return text;
}

std::string UnstableText(const UnstableStack& stack) {
  return fmt::format("{} to {} {} from run to run", FigureText(stack.least), FigureText(stack.most),
                     Words(*stack.metric));
}

std::string Fingerprint(const Verdict& verdict) {
  std::string text = fmt::format("{}/{}/{}", verdict.budget->id, verdict.metric->name,
                                 BoundName(verdict.limit->bound));
  if (!verdict.culprits.empty()) text += "/" + verdict.culprits.front().id;
  return KeyId(text);
}

}  // namespace allocprof::budget
