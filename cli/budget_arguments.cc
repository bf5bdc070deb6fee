// SPDX-License-Identifier: Apache-2.0
#include "budget_arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "message.h"
#include "shell_words.h"
#include "symbol_arguments.h"

namespace allocprof::cli {

void SplitCommand(std::vector<std::string>* words, std::vector<std::string>* command) {
  const auto dashes = std::find(words->begin(), words->end(), "--");
  if (dashes == words->end()) return;
  command->assign(dashes + 1, words->end());
  words->erase(dashes, words->end());
}

void BindBudgetArguments(CLI::App* app, BudgetArguments* to) {
  app->add_option("TRACE", to->trace, "trace file; or -- and a command to record")
      ->option_text(" ");
  app->add_option("--budget", to->budget, fmt::format("the budget file [{}]", to->budget))
      ->option_text("FILE");
  app->add_option("--baseline", to->baseline,
                  "the baseline file; beside the budget and named like it unless said")
      ->option_text("FILE");
  app->add_option("--runs", to->runs, "record the command so often; the worst run counts [1]")
      ->check(WholeNumber())
      ->option_text("N");
  app->add_flag("--tree", to->tree, "of a trace: with all processes that the recorded one started");
  app->add_option("--suppressions", to->suppressions,
                  "leaks not to count, in LeakSanitizer's syntax; may be repeated")
      ->option_text("FILE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  BindSymbolOptions(app, &to->symbols);
}

std::optional<int> RefuseBudgetArguments(const std::string& command, const BudgetArguments& of) {
  const auto wrong = [&](const std::string& text) {
    SayError(fmt::format("{}: {}; see 'allocprof {} --help'", command, text, command));
    return kExitUsage;
  };
  if (of.trace.empty() && of.command.empty()) {
    return wrong("no trace, and no command after --");
  }
  if (!of.trace.empty() && !of.command.empty()) {
    return wrong("a trace and a command: name one of them");
  }
  if (of.runs == 0 || of.runs > 1000) return wrong("--runs: takes 1 to 1000");
  if (of.runs > 1 && of.command.empty()) return wrong("--runs: needs a command to run, after --");
  if (of.tree && !of.command.empty()) {
    return wrong(
        "--tree: is for a trace; of a command all processes count "
        "(ALLOCPROF_FOLLOW=none records the first alone)");
  }
  return RefuseSymbolOptions(command, of.symbols);
}

std::string BaselinePath(const BudgetArguments& of) {
  if (!of.baseline.empty()) return of.baseline;
  static constexpr std::string_view kBudget = "budget.json";
  const size_t slash = of.budget.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : of.budget.substr(0, slash + 1);
  const std::string name = of.budget.substr(folder.size());
  if (!name.ends_with(kBudget)) return folder + "allocprof.baseline.json";
  return folder + name.substr(0, name.size() - kBudget.size()) + "baseline.json";
}

std::string OptionsText(const BudgetArguments& of) {
  std::string text;
  if (of.budget != BudgetArguments().budget) text += "--budget " + Quoted(of.budget) + " ";
  if (!of.baseline.empty()) text += "--baseline " + Quoted(of.baseline) + " ";
  for (const std::string& file : of.suppressions) text += "--suppressions " + Quoted(file) + " ";
  if (of.runs != 1) text += fmt::format("--runs {} ", of.runs);
  if (of.tree) text += "--tree ";
  return text;
}

std::string SubjectText(const BudgetArguments& of) {
  return of.command.empty() ? Quoted(of.trace) : "-- " + Quoted(of.command);
}

}  // namespace allocprof::cli
