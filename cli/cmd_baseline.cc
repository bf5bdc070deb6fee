// SPDX-License-Identifier: Apache-2.0
//
// allocprof baseline update (TRACE | -- CMD…): the ratchet.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>

#include "base/edit_distance.h"
#include "budget/baseline.h"
#include "budget/check.h"
#include "budget/ratchet.h"
#include "budget_arguments.h"
#include "budget_runs.h"
#include "command.h"
#include "message.h"

namespace allocprof::cli {
namespace {

Status RefuseIds(const budget::BudgetFile& file, const std::vector<std::string>& ids) {
  std::vector<std::string> known;
  for (const budget::Budget& budget : file.budgets) known.push_back(budget.id);
  for (const std::string& id : ids) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    return {ErrorCode::kUsage, fmt::format("--accept-increase: '{}' is no budget of {}{}", id,
                                           file.path, DidYouMean(ClosestWord(id, known)))};
  }
  return Status::Ok();
}

// Beside it first: a baseline that was half written would be a faulty one.
Status Replace(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  errno = 0;
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(fresh, path, error);
  if (file && !error) return Status::Ok();
  const std::string why = error ? error.message() : std::strerror(errno);
  std::filesystem::remove(fresh, error);
  return {ErrorCode::kUnreadable,
          fmt::format("{}: cannot be written: {}; name another file after --baseline", path, why)};
}

}  // namespace

int RunBaseline(const Command& command, std::vector<std::string> words) {
  BudgetArguments arguments;
  std::string action;
  std::vector<std::string> accepted;
  bool only_decrease = false;
  SplitCommand(&words, &arguments.command);
  CLI::App app;
  app.add_option("ACTION", action, "update")
      ->required()
      ->check(OneOf({"update"}))
      ->option_text(" ");
  BindBudgetArguments(&app, &arguments);
  app.add_flag("--only-decrease", only_decrease, "take what is lower; refuse, status 3, what rose");
  app.add_option("--accept-increase", accepted, "this budget may rise, no other; may be repeated")
      ->option_text("ID")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  if (const auto refused = RefuseBudgetArguments("baseline", arguments)) return *refused;
  const Result<budget::BudgetFile> file = budget::ReadBudget(arguments.budget);
  if (!file.ok()) return Fail(file.status());
  if (const Status status = RefuseIds(file.value(), accepted); !status.ok()) return Fail(status);
  const std::string path = BaselinePath(arguments);
  std::optional<budget::Baseline> old;
  if (access(path.c_str(), F_OK) == 0) {
    Result<budget::Baseline> read =
        budget::ReadBaseline(path, "remove it, or name another after --baseline");
    if (!read.ok()) return Fail(read.status());
    old = std::move(read.value());
  }

  const auto runs = RunsFor("baseline", arguments, file.value().needs_threads());
  if (const int* code = std::get_if<int>(&runs)) return *code;
  Result<budget::Baseline> measured =
      budget::MakeBaseline(file.value(), std::get<std::vector<budget::Run>>(runs));
  if (!measured.ok()) return Fail(measured.status());
  std::vector<budget::BaselineChange> changes;
  const budget::Baseline moved =
      budget::Ratchet(file.value(), old ? &*old : nullptr, std::move(measured.value()),
                      {only_decrease, {accepted.begin(), accepted.end()}}, &changes);
  if (const Status status = Replace(path, budget::BaselineText(moved)); !status.ok()) {
    return Fail(status);
  }
  bool refused = false;
  std::ostream& text = arguments.command.empty() ? std::cout : std::cerr;
  for (const budget::BaselineChange& change : changes) {
    refused = refused || change.move == budget::Move::kRefused;
    text << budget::ChangeLine(change) << "\n";
  }
  text << std::flush;
  return refused ? kExitOver : kExitOk;
}

}  // namespace allocprof::cli
