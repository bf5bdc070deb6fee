// SPDX-License-Identifier: Apache-2.0
//
// The options by which a command that makes a Report lets it be written, and the writing.
//
// Errors: said on stderr; the result is the exit code. Thread-safety: one thread.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "report/report.h"
#include "view/registry.h"

namespace allocprof::cli {

struct ReportOutput {
  std::string default_table;  // that csv and md write unless asked
  std::string file;
  std::string format = "text";
  std::string table;
  std::string color = "auto";
  bool plumbing = false;
  bool long_advice = false;
  bool no_pager = false;
};

// Adds -f, -o, --table, --color and --no-pager.
void Bind(CLI::App* app, ReportOutput* to);

// kExitUsage, said, for a --table where the format has all of them; else kExitOk.
int Check(const ReportOutput& to, const std::string& command);

// Writes `report`, which was made from the file `input` (empty: from none, as from a program).
int Write(const report::Report& report, const ReportOutput& to,
          const std::vector<std::string>& inputs);

}  // namespace allocprof::cli
