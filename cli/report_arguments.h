// SPDX-License-Identifier: Apache-2.0
//
// The arguments that every command shares which shows a trace: what to look at, how much of it, in
// which format and where.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/build_report.h"
#include "arguments.h"
#include "report_output.h"

namespace allocprof::cli {

struct ReportArguments {
  std::vector<std::string> traces;
  std::string min;
  std::string phase;
  std::optional<uint64_t> top;
  std::optional<uint64_t> default_top;  // of the format, if there is none
  bool plumbing = false;
  std::vector<std::string> sort_keys = analysis::SortKeys();  // none: no --sort and --min
  analysis::ReportOptions options;  // those that need no translation are bound directly
  ReportOutput output{.default_table = "functions"};
};

// Adds the options to `app`. Defaults are those that `to` holds.
void BindReportArguments(CLI::App* app, ReportArguments* to);

// Builds the report and writes it; returns the exit code.
int ShowReport(const Command& command, const ReportArguments& arguments);

}  // namespace allocprof::cli
