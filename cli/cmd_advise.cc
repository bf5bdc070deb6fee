// SPDX-License-Identifier: Apache-2.0
//
// allocprof advise TRACE: what to change, with evidence, and what it would save.
#include "arguments.h"
#include "command.h"
#include "report_arguments.h"

namespace allocprof::cli {

int RunAdvise(const Command& command, std::vector<std::string> words) {
  ReportArguments arguments;
  arguments.output.default_table = "advice";
  arguments.output.long_advice = true;
  arguments.options.subject = analysis::Subject::kAdvice;
  CLI::App app;
  BindReportArguments(&app, &arguments);
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  return ShowReport(command, arguments);
}

}  // namespace allocprof::cli
