// SPDX-License-Identifier: Apache-2.0
#include "budget/diff_reports.h"

#include <fmt/format.h>

#include <algorithm>

namespace allocprof::budget {
namespace {

// Of the lists of a report.
constexpr const char* kMain[] = {"allocations", "allocated_bytes", "peak_bytes", "leaked_bytes",
                                 "temporary_allocations"};

CheckSubject PathsOf(const DiffSubject& subject) {
  CheckSubject paths;
  paths.roots = subject.roots;
  return paths;
}

std::string Where(const StackChange& stack, const DiffSubject& subject) {
  const Place place = PlaceOf(*stack.stack, PathsOf(subject));
  const size_t at = PlaceOf(*stack.stack);
  const std::string name = at < stack.stack->size() ? KeyName((*stack.stack)[at]) : "?";
  if (!place.source || place.line <= 0) return OneLine(name);
  return OneLine(fmt::format("{} ({}:{})", name, place.file, place.line));
}

}  // namespace

const std::vector<DiffFormat>& DiffFormats() {
  static const std::vector<DiffFormat> formats = {
      {"text", WriteDiffText}, {"json", WriteDiffJson}, {"md", WriteDiffMarkdown}};
  return formats;
}

const DiffFormat* FindDiffFormat(const std::string& name) {
  const auto& formats = DiffFormats();
  const auto it = std::find_if(formats.begin(), formats.end(),
                               [&](const DiffFormat& format) { return name == format.name; });
  return it == formats.end() ? nullptr : &*it;
}

std::string SignedText(int64_t change) {
  const uint64_t amount =
      change < 0 ? uint64_t{0} - static_cast<uint64_t>(change) : static_cast<uint64_t>(change);
  return (change < 0 ? "-" : "+") + FigureText(amount);
}

std::string DiffSentence(const DiffSubject& subject) {
  const Diff& diff = subject.diff;
  const size_t metric = IndexOf(*diff.metric);
  const uint64_t before = diff.before[metric], after = diff.after[metric];
  const auto changed = static_cast<size_t>(
      std::count_if(diff.stacks.begin(), diff.stacks.end(),
                    [](const StackChange& stack) { return stack.change != Change::kSame; }));
  if (before == after && changed == 0) {
    return fmt::format("Nothing has changed: {} before and after, in the same stacks.",
                       Counted(after, *diff.metric));
  }
  if (before == after) {
    return fmt::format("As many {} as before, {}, but {} stacks have changed: {} new, {} gone.",
                       Words(*diff.metric), FigureText(after), changed,
                       diff.Of(Change::kNew).size(), diff.Of(Change::kGone).size());
  }
  const bool more = after > before;
  const std::string percent = ChangePercentText(before, after);
  std::string text = fmt::format("{} {} ({}{} -> {})",
                                 Counted(more ? after - before : before - after, *diff.metric),
                                 more ? "more" : "fewer", percent.empty() ? "" : percent + ": ",
                                 FigureText(before), FigureText(after));
  // Which way the total went decides what most of it is.
  const StackChange* most = nullptr;
  for (const StackChange& stack : diff.stacks) {
    if (stack.change == Change::kSame || (stack.By(metric) > 0) != more) continue;
    if (most == nullptr) most = &stack;
  }
  if (most != nullptr) {
    text += fmt::format(", {} of it in {}", SignedText(most->By(metric)), Where(*most, subject));
    if (most->change == Change::kNew) text += ", which is new";
    if (most->change == Change::kGone) text += ", which is gone";
  }
  return text + ".";
}

std::string FailureText(const FailRule& rule, const Diff& diff) {
  const size_t metric = IndexOf(*rule.metric);
  const uint64_t before = diff.before[metric], after = diff.after[metric];
  const std::string percent = ChangePercentText(before, after);
  return OneLine(
      fmt::format("{}: {} -> {}", rule.text, FigureText(before), Counted(after, *rule.metric)) +
      (percent.empty() ? "" : " (" + percent + ")"));
}

std::vector<size_t> ShownMetrics(const Diff& diff) {
  std::vector<size_t> shown;
  for (size_t i = 0; i < kMetrics; i++) {
    const bool main = std::find_if(std::begin(kMain), std::end(kMain), [&](const char* name) {
                        return std::string_view(name) == Metrics()[i].name;
                      }) != std::end(kMain);
    if (diff.known[i] && (main || diff.before[i] != diff.after[i])) shown.push_back(i);
  }
  return shown;
}

std::string DiffStack(const StackChange& stack, const DiffSubject& subject) {
  return CulpritStack(*stack.stack, PathsOf(subject));
}

std::string SumText(const std::vector<const StackChange*>& stacks, const Metric& metric) {
  int64_t sum = 0;
  for (const StackChange* stack : stacks) sum += stack->By(IndexOf(metric));
  return fmt::format("{} stack{}, {} {}", stacks.size(), stacks.size() == 1 ? "" : "s",
                     SignedText(sum), Words(metric));
}

}  // namespace allocprof::budget
