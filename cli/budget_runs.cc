// SPDX-License-Identifier: Apache-2.0
#include "budget_runs.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "analysis/build_report.h"
#include "message.h"
#include "preload_library.h"
#include "program_check.h"
#include "progress.h"
#include "record_once.h"
#include "temporary_folder.h"

namespace allocprof::cli {
namespace {

// A program that ran unrecorded would keep every budget.
void SayNothingRecorded(const std::string& program) {
  const Result<std::string> library = FindPreloadLibrary();
  const std::string why =
      library.ok() ? WhyNotRecordable(DiagnoseProgram(program, library.value()), "") : "";
  SayError(fmt::format("nothing was recorded in {}, so there is no verdict; {}", program,
                       why.empty() ? "'allocprof doctor --try' says more" : "it " + why));
}

std::variant<budget::Run, int> RecordRun(const BudgetArguments& arguments, bool by_thread) {
  const TemporaryFolder folder;
  if (folder.path().empty()) return Fail(folder.status());
  const std::string& program = arguments.command.front();
  const Result<Recorded> recorded = RecordOnce(arguments.command, folder.path());
  if (!recorded.ok()) {
    SayError(recorded.status().message());
    return kExitCannotRun;
  }
  const ChildEnd& end = recorded.value().end;
  if (end.exec_error != 0) {
    SayError(fmt::format("{}: cannot be run: {}; {}", program, std::strerror(end.exec_error),
                         end.exec_error == ENOENT ? "check the name and PATH"
                                                  : "check that it is an executable program"));
    return end.exit_code;
  }
  if (end.signal != 0) {
    SayError(fmt::format("{} was killed by signal {} ({}), so there is no verdict", program,
                         end.signal, strsignal(end.signal)));
    return end.exit_code;
  }
  if (end.exit_code != 0) {
    SayError(
        fmt::format("{} ended with status {}, so there is no verdict", program, end.exit_code));
    return end.exit_code;
  }
  if (recorded.value().traces.empty()) {
    SayNothingRecorded(program);
    return kExitFailed;
  }
  Result<budget::Run> run =
      ReadRun(recorded.value().traces.front().path, arguments, true, by_thread);
  if (!run.ok()) return Fail(run.status());
  return std::move(run.value());
}

}  // namespace

Result<budget::Run> ReadRun(const std::string& trace, const BudgetArguments& arguments, bool tree,
                            bool by_thread) {
  analysis::ReportOptions options;
  options.subject = analysis::Subject::kBudget;
  options.top = 0;
  options.tree = tree;
  options.by_thread = by_thread;
  options.by_region = true;
  options.suppressions = arguments.suppressions;
  options.symbols = arguments.symbols;
  Progress progress = TerminalProgress("reading " + trace, std::getenv);
  options.progress = [&](double share) { progress.Update(share); };
  Result<report::Report> report = analysis::BuildReport(trace, options);
  if (!report.ok()) return report.status();
  return budget::Run(std::make_shared<const report::Report>(std::move(report.value())));
}

std::variant<std::vector<budget::Run>, int> RunsFor(const std::string& command,
                                                    const BudgetArguments& arguments,
                                                    bool by_thread) {
  std::vector<budget::Run> runs;
  if (arguments.command.empty()) {
    Result<budget::Run> run = ReadRun(arguments.trace, arguments, arguments.tree, by_thread);
    if (!run.ok()) return Fail(run.status());
    runs.push_back(std::move(run.value()));
  }
  for (uint64_t i = 0; !arguments.command.empty() && i < arguments.runs; i++) {
    if (arguments.runs > 1) Say(fmt::format("{}: run {} of {}", command, i + 1, arguments.runs));
    std::variant<budget::Run, int> run = RecordRun(arguments, by_thread);
    if (const int* code = std::get_if<int>(&run)) return *code;
    runs.push_back(std::move(std::get<budget::Run>(run)));
  }
  return runs;
}

std::string ProgramOf(const budget::Run& run) {
  const report::ScalarGroup* process = report::FindGroup(run.report(), "process");
  const report::Scalar* exe = process == nullptr ? nullptr : report::FindScalar(*process, "exe");
  const auto* path = exe == nullptr ? nullptr : std::get_if<std::string>(&exe->value);
  return path == nullptr ? "the program" : path->substr(path->rfind('/') + 1);
}

}  // namespace allocprof::cli
