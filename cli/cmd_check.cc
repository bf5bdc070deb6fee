// SPDX-License-Identifier: Apache-2.0
//
// allocprof check (TRACE | -- CMD…): holds a run against its budget.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>

#include "budget/baseline.h"
#include "budget/check.h"
#include "budget_arguments.h"
#include "budget_runs.h"
#include "check_output.h"
#include "command.h"
#include "message.h"

namespace allocprof::cli {
namespace {

std::string FormatHelp() {
  std::string help = "Reports:\n";
  for (const budget::CheckFormat& format : budget::CheckFormats()) {
    help += std::string("  ") + format.name + std::string(8 - strlen(format.name), ' ') +
            format.help + "\n";
  }
  return help +
         "\nExit status: 0 within budget, 3 over it, 4 better than the baseline with "
         "--strict, 2 a faulty\nbudget; a command that fails has its own status and no "
         "verdict.\n";
}

// Missing is no mistake where nothing is a share of it.
Result<std::optional<budget::Baseline>> ReadOptionalBaseline(const budget::BudgetFile& file,
                                                             const BudgetArguments& arguments) {
  const std::string path = BaselinePath(arguments);
  if (!file.needs_baseline() && access(path.c_str(), F_OK) != 0) {
    return std::optional<budget::Baseline>();
  }
  const std::string update =
      "write it: allocprof baseline update " + OptionsText(arguments) + SubjectText(arguments);
  Result<budget::Baseline> baseline = budget::ReadBaseline(path, update);
  if (!baseline.ok()) return baseline.status();
  return std::optional<budget::Baseline>(std::move(baseline.value()));
}

int ExitCodeOf(const budget::Outcome& outcome, bool strict) {
  if (outcome.Count(budget::Judgement::kBroken) != 0) return kExitOver;
  const bool better = outcome.Count(budget::Judgement::kBetter) != 0;
  return strict && better ? kExitBetter : kExitOk;
}

}  // namespace

int RunCheck(const Command& command, std::vector<std::string> words) {
  BudgetArguments arguments;
  std::vector<std::string> reports;
  bool strict = false;
  SplitCommand(&words, &arguments.command);
  CLI::App app;
  BindBudgetArguments(&app, &arguments);
  app.add_flag("--strict", strict,
               "a figure below its baseline is status 4: the baseline is stale");
  app.add_option("--report", reports, "FORMAT=FILE; may be repeated; - is standard output")
      ->option_text("FORMAT=FILE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.footer(FormatHelp());
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  if (const auto refused = RefuseBudgetArguments("check", arguments)) return *refused;
  const Result<std::vector<CheckReport>> to = ParseCheckReports(reports);
  if (!to.ok()) return Fail(to.status());
  // What people wrote is judged before a long command runs.
  const Result<budget::BudgetFile> file = budget::ReadBudget(arguments.budget);
  if (!file.ok()) return Fail(file.status());
  const auto baseline = ReadOptionalBaseline(file.value(), arguments);
  if (!baseline.ok()) return Fail(baseline.status());

  const auto runs = RunsFor("check", arguments, file.value().needs_threads());
  if (const int* code = std::get_if<int>(&runs)) return *code;
  const auto& recorded = std::get<std::vector<budget::Run>>(runs);
  budget::CheckSubject subject;
  subject.program = ProgramOf(recorded.front());
  subject.arguments = SubjectText(arguments);
  subject.roots = SourceRoots(std::getenv);
  subject.budget_path = arguments.budget;
  subject.baseline_path = BaselinePath(arguments);
  subject.options = OptionsText(arguments);
  subject.version = ALLOCPROF_VERSION;
  for (const std::string& note : recorded.front().report().notes) {
    SayWarning(note);
    subject.notes.push_back(note);
  }
  const budget::CheckOptions options{3, arguments.budget, subject.baseline_path};
  const budget::Baseline* known = baseline.value() ? &*baseline.value() : nullptr;
  const Result<budget::Outcome> outcome = budget::Check(file.value(), known, recorded, options);
  if (!outcome.ok()) return Fail(outcome.status());
  // Standard output is the command's own while one runs.
  std::ostream& text = arguments.command.empty() ? std::cout : std::cerr;
  const Status written = WriteCheckReports(outcome.value(), subject, to.value(), std::getenv, text);
  return written.ok() ? ExitCodeOf(outcome.value(), strict) : Fail(written);
}

}  // namespace allocprof::cli
