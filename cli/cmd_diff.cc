// SPDX-License-Identifier: Apache-2.0
//
// allocprof diff A B: what a change made of a program's allocations.
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "analysis/build_report.h"
#include "budget/baseline.h"
#include "budget/diff_reports.h"
#include "budget_arguments.h"
#include "budget_runs.h"
#include "check_output.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "symbol_arguments.h"

namespace allocprof::cli {
namespace {

std::vector<std::string> FormatNames() {
  std::vector<std::string> names;
  for (const budget::DiffFormat& format : budget::DiffFormats()) names.emplace_back(format.name);
  return names;
}

// A scope may have been empty before the change, but not after it.
Result<std::vector<budget::LimitChange>> Limits(const budget::BudgetFile& file,
                                                budget::BudgetFile* lenient,
                                                const std::optional<budget::Baseline>& baseline,
                                                const std::vector<budget::Run>& before,
                                                const std::vector<budget::Run>& after,
                                                const budget::CheckOptions& options) {
  *lenient = file;
  for (budget::Budget& one : lenient->budgets) one.allow_empty = true;
  const budget::Baseline* known = baseline ? &*baseline : nullptr;
  const Result<budget::Outcome> was = budget::Check(*lenient, known, before, options);
  if (!was.ok()) return was.status();
  const Result<budget::Outcome> is = budget::Check(file, known, after, options);
  if (!is.ok()) return is.status();
  std::vector<budget::LimitChange> limits;
  for (size_t i = 0; i < is.value().verdicts.size(); i++) {
    limits.push_back({was.value().verdicts[i], is.value().verdicts[i]});
  }
  return limits;
}

}  // namespace

int RunDiff(const Command& command, std::vector<std::string> words) {
  BudgetArguments arguments;
  arguments.budget.clear();
  std::string before, after, format = "text", path, sort = "allocations";
  std::vector<std::string> fail_on;
  budget::DiffSubject subject;
  CLI::App app;
  app.add_option("BEFORE", before, "trace of the program as it was")->required()->option_text(" ");
  app.add_option("AFTER", after, "trace of the program as it is")->required()->option_text(" ");
  app.add_option("-f,--format", format, Listed(FormatNames()) + " [text]")
      ->check(OneOf(FormatNames()))
      ->option_text("NAME");
  app.add_option("-o,--output", path, "write here; - is standard output")->option_text("FILE");
  app.add_option("--sort", sort,
                 "what stacks are compared by: " + Listed(analysis::SortKeys()) + " [allocations]")
      ->check(OneOf(analysis::SortKeys()))
      ->option_text("KEY");
  app.add_option("--top", subject.top, "stacks of each list; 0 is all [10]")
      ->check(WholeNumber())
      ->option_text("N");
  app.add_option("--fail-on", fail_on,
                 "status 3 if so: 'allocations>+0', 'peak_bytes>+5%', 'leaked_bytes>0'; may be "
                 "repeated")
      ->option_text("CONDITION")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--budget", arguments.budget,
                 "also hold both against this budget; status 3 if the change breaks a limit")
      ->option_text("FILE");
  app.add_option("--baseline", arguments.baseline,
                 "the budget's baseline; beside it and named like it unless said")
      ->option_text("FILE");
  app.add_flag("--tree", arguments.tree, "with all processes that the recorded ones started");
  app.add_option("--suppressions", arguments.suppressions,
                 "leaks not to count, in LeakSanitizer's syntax; may be repeated")
      ->option_text("FILE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  BindSymbolOptions(&app, &arguments.symbols);
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  if (const auto refused = RefuseSymbolOptions("diff", arguments.symbols)) return *refused;
  std::vector<budget::FailRule> rules;
  for (const std::string& text : fail_on) {
    Result<budget::FailRule> rule = budget::ParseFailRule(text);
    if (!rule.ok()) return Fail(rule.status());
    rules.push_back(std::move(rule.value()));
  }
  budget::BudgetFile file, lenient;
  std::optional<budget::Baseline> baseline;
  if (!arguments.budget.empty()) {
    Result<budget::BudgetFile> read = budget::ReadBudget(arguments.budget);
    if (!read.ok()) return Fail(read.status());
    file = std::move(read.value());
    const std::string known = BaselinePath(arguments);
    if (file.needs_baseline() || access(known.c_str(), F_OK) == 0) {
      Result<budget::Baseline> figures = budget::ReadBaseline(
          known, "write it: allocprof baseline update " + OptionsText(arguments) + before);
      if (!figures.ok()) return Fail(figures.status());
      baseline = std::move(figures.value());
    }
  }

  std::vector<budget::Run> was, is;
  for (const auto& [trace, to] : {std::pair(&before, &was), std::pair(&after, &is)}) {
    Result<budget::Run> run = ReadRun(*trace, arguments, arguments.tree, file.needs_threads());
    if (!run.ok()) return Fail(run.status());
    for (const std::string& note : run.value().report().notes) SayWarning(*trace + ": " + note);
    to->push_back(std::move(run.value()));
  }
  subject.diff = budget::Compare(was[0], is[0], *budget::FindMetric(sort));
  subject.before = before;
  subject.after = after;
  subject.roots = SourceRoots(std::getenv);
  for (const budget::FailRule& rule : rules) {
    const size_t metric = budget::IndexOf(*rule.metric);
    if (!subject.diff.known[metric]) {
      SayError(std::string("--fail-on: a trace does not tell ") + rule.metric->name +
               "; record with --free-stacks on");
      return kExitFailed;
    }
    if (rule.Fails(subject.diff.before[metric], subject.diff.after[metric])) {
      subject.failed.push_back(rule);
    }
  }
  bool breaks = false;
  if (!arguments.budget.empty()) {
    Result<std::vector<budget::LimitChange>> limits =
        Limits(file, &lenient, baseline, was, is, {3, arguments.budget, BaselinePath(arguments)});
    if (!limits.ok()) return Fail(limits.status());
    subject.limits = std::move(limits.value());
    for (const budget::LimitChange& limit : subject.limits) breaks = breaks || limit.breaks();
  }
  Result<std::unique_ptr<Output>> output = Output::Open(path, {before, after});
  if (!output.ok()) return Fail(output.status());
  budget::FindDiffFormat(format)->write(subject, output.value()->stream());
  const Status closed = output.value()->CloseWhole(Status::Ok());
  if (!closed.ok()) return Fail(closed);
  return breaks || !subject.failed.empty() ? kExitOver : kExitOk;
}

}  // namespace allocprof::cli
