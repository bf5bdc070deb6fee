// SPDX-License-Identifier: Apache-2.0
//
// allocprof budget init TRACE: a first budget, for people to edit. allocprof budget schema: its
// JSON schema.
#include <fmt/format.h>
#include <unistd.h>

#include "budget/budget_schema.h"
#include "budget/first_budget.h"
#include "budget_arguments.h"
#include "budget_runs.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "shell_words.h"
#include "symbol_arguments.h"

namespace allocprof::cli {
namespace {

int WriteOut(const std::string& path, const std::string& text) {
  Result<std::unique_ptr<Output>> output = Output::Open(path, {});
  if (!output.ok()) return Fail(output.status());
  output.value()->stream() << text;
  const Status closed = output.value()->CloseWhole(Status::Ok());
  return closed.ok() ? kExitOk : Fail(closed);
}

}  // namespace

int RunBudget(const Command& command, std::vector<std::string> words) {
  BudgetArguments arguments;
  std::string action, path;
  double headroom = 10;
  bool force = false;
  SplitCommand(&words, &arguments.command);
  CLI::App app;
  app.add_option("ACTION", action, "init, or schema to print the JSON schema of a budget")
      ->required()
      ->check(OneOf({"init", "schema"}))
      ->option_text(" ");
  app.add_option("TRACE", arguments.trace, "trace file; or -- and a command to record")
      ->option_text(" ");
  app.add_option("-o,--output", path, "write here; - is standard output [allocprof.budget.json]")
      ->option_text("FILE");
  app.add_option("--headroom", headroom, "how far above the run the limits lie, in percent [10]")
      ->check(CLI::Range(0.0, 1000.0))
      ->option_text("PERCENT");
  app.add_flag("--force", force, "write over a budget that is there");
  BindSymbolOptions(&app, &arguments.symbols);
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  if (action == "schema") return WriteOut(path, budget::kBudgetSchema);
  if (const auto refused = RefuseBudgetArguments("budget", arguments)) return *refused;
  if (path.empty()) path = arguments.budget;
  if (path != "-" && !force && access(path.c_str(), F_OK) == 0) {
    SayError(path + ": is there, and people may have edited it; --force writes over it");
    return kExitUsage;
  }
  const auto runs = RunsFor("budget", arguments, false);
  if (const int* code = std::get_if<int>(&runs)) return *code;
  const budget::Run& run = std::get<std::vector<budget::Run>>(runs).front();
  budget::FirstBudgetOptions options;
  options.headroom = headroom;
  options.program = ProgramOf(run);
  options.command =
      fmt::format("allocprof budget init --headroom {:g} {}", headroom, SubjectText(arguments));
  const int code = WriteOut(path, budget::FirstBudget(run, options));
  if (code == kExitOk && path != "-") {
    Say(fmt::format("wrote {}; next: allocprof check {}{}", path,
                    path == BudgetArguments().budget ? "" : "--budget " + Quoted(path) + " ",
                    SubjectText(arguments)));
  }
  return code;
}

}  // namespace allocprof::cli
