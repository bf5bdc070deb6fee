// SPDX-License-Identifier: Apache-2.0
//
// allocprof info TRACE: the trace itself, whether it is whole, and what recording cost.
#include "analysis/trace_info.h"
#include "arguments.h"
#include "command.h"
#include "message.h"
#include "report_output.h"

namespace allocprof::cli {

int RunInfo(const Command& command, std::vector<std::string> words) {
  std::string trace;
  ReportOutput output{.default_table = "bytes"};
  CLI::App app;
  app.add_option("TRACE", trace, "trace file; - is standard input")->required()->option_text(" ");
  Bind(&app, &output);
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  if (const int wrong = Check(output, "info"); wrong != kExitOk) return wrong;
  const Result<report::Report> report = analysis::BuildTraceInfo(trace);
  return report.ok() ? Write(report.value(), output, {trace}) : Fail(report.status());
}

}  // namespace allocprof::cli
