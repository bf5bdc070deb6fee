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
  app.add_option("--no-alloc", arguments.options.no_alloc,
                 "functions below which nothing is to be allocated or freed; may be repeated")
      ->option_text("REGEX")
      ->expected(1)
      ->take_all();
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  if (arguments.options.group_by != "function") arguments.output.default_table = "groups";
  return ShowReport(command, arguments);
}

}  // namespace allocprof::cli
