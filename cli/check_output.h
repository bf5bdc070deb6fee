// SPDX-License-Identifier: Apache-2.0
//
// Where the reports of a check go: files by --report, and what a CI runner reads of itself.
//
// Errors: a file that cannot be written. Thread-safety: one thread.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/terminal.h"
#include "budget/check_reports.h"

namespace allocprof::cli {

struct CheckReport {
  const budget::CheckFormat* format = nullptr;
  std::string path;  // "-" or empty: standard output
};

// "sarif=budget.sarif", "md". Errors: kUsage for a format that there is not.
Result<std::vector<CheckReport>> ParseCheckReports(const std::vector<std::string>& words);

// Text goes to `text`, unless that is standard output and a report takes it; under GITHUB_ACTIONS
// annotations follow it, and GITHUB_STEP_SUMMARY gets the Markdown.
Status WriteCheckReports(const budget::Outcome& outcome, const budget::CheckSubject& subject,
                         const std::vector<CheckReport>& reports,
                         const EnvironmentLookup& environment, std::ostream& text);

// Folders that source paths are shown relative to: the CI's checkout, else the repository around
// the working folder, else that folder.
std::vector<std::string> SourceRoots(const EnvironmentLookup& environment);

}  // namespace allocprof::cli
