// SPDX-License-Identifier: Apache-2.0
//
// allocprof report TRACE: the analyses of a trace, in one of the formats.
#include "command.h"
#include "report_arguments.h"

namespace allocprof::cli {

int RunReport(const Command& command, std::vector<std::string> words) {
  ReportArguments arguments;
  CLI::App app;
  BindReportArguments(&app, &arguments);
  app.add_option("--group-by", arguments.options.group_by,
                 Listed(analysis::GroupKeys()) + ": what the first list is of [function]")
      ->check(OneOf(analysis::GroupKeys()))
      ->option_text("KIND");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  if (arguments.options.group_by != "function") arguments.output.default_table = "groups";
  return ShowReport(command, arguments);
}

}  // namespace allocprof::cli
