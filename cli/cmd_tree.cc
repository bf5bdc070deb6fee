// SPDX-License-Identifier: Apache-2.0
//
// allocprof tree TRACE: the stacks as a tree, from main down or from the call sites up.
#include "command.h"
#include "report_arguments.h"

namespace allocprof::cli {

int RunTree(const Command& command, std::vector<std::string> words) {
  ReportArguments arguments;
  arguments.options.subject = analysis::Subject::kTree;
  arguments.output.default_table = "tree";
  arguments.default_top = 0;
  arguments.min = "1%";
  CLI::App app;
  BindReportArguments(&app, &arguments);
  app.add_flag("--inverted,--bottom-up", arguments.options.inverted,
               "from the call sites up to main");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  return ShowReport(command, arguments);
}

}  // namespace allocprof::cli
