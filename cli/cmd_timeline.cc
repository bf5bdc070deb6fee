// SPDX-License-Identifier: Apache-2.0
//
// allocprof timeline TRACE: memory over time.
#include "command.h"
#include "report_arguments.h"

namespace allocprof::cli {

int RunTimeline(const Command& command, std::vector<std::string> words) {
  ReportArguments arguments;
  arguments.options.subject = analysis::Subject::kTimeline;
  arguments.output.default_table = "intervals";
  arguments.sort_keys.clear();  // time has its order
  CLI::App app;
  BindReportArguments(&app, &arguments);
  app.add_option("--intervals", arguments.options.intervals, "rows of the list; 0 is all [20]")
      ->check(WholeNumber())
      ->option_text("N");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  return ShowReport(command, arguments);
}

}  // namespace allocprof::cli
