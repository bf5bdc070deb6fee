// SPDX-License-Identifier: Apache-2.0
//
// From a trace's path to the report: load, replay, symbolise, analyse.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "report/report.h"
#include "symbols/options.h"

namespace allocprof::analysis {

struct ReportOptions {
  std::string sort = "allocations";  // one of SortKeys()
  uint64_t top = 10;                 // rows of each list; 0 = all
  symbols::Options symbols;
};

Result<report::Report> BuildReport(const std::string& trace_path, const ReportOptions& options);

const std::vector<std::string>& SortKeys();

}  // namespace allocprof::analysis
