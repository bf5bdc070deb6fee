// SPDX-License-Identifier: Apache-2.0
//
// allocprof leaks TRACE: what was never freed, by stack.
#include "command.h"
#include "report_arguments.h"

namespace allocprof::cli {

int RunLeaks(const Command& command, std::vector<std::string> words) {
  ReportArguments arguments;
  arguments.options.subject = analysis::Subject::kLeaks;
  arguments.options.sort = "leaked_bytes";
  arguments.sort_keys = {"leaked_bytes", "leaked_blocks"};
  arguments.output.default_table = "leaks";
  CLI::App app;
  BindReportArguments(&app, &arguments);
  app.add_option("--group-by", arguments.options.group_by,
                 Listed(analysis::GroupKeys()) + ": also sum the leaks so [function]")
      ->check(OneOf(analysis::GroupKeys()))
      ->option_text("KIND");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  return ShowReport(command, arguments);
}

}  // namespace allocprof::cli
