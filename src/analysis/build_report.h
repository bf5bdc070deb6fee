// SPDX-License-Identifier: Apache-2.0
//
// From a trace's path to the report: load, replay, symbolise, analyse.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analysis/filters.h"
#include "base/status.h"
#include "base/threshold.h"
#include "report/report.h"
#include "symbols/options.h"

namespace allocprof::analysis {

struct ReportOptions {
  std::string sort = "allocations";   // one of SortKeys()
  uint64_t top = 10;                  // rows of each list; 0 = all
  Threshold min;                      // rows with less of the sort key are cut, too
  std::string group_by = "function";  // one of GroupKeys()
  Filters filters;
  bool plumbing = false;  // trees show the allocator's frames and container insides, too
  std::vector<std::string> suppressions;  // files
  symbols::Options symbols;
  std::function<void(double)> progress;  // called now and then with the share that is read
};

Result<report::Report> BuildReport(const std::string& trace_path, const ReportOptions& options);

const std::vector<std::string>& SortKeys();
const std::vector<std::string>& GroupKeys();

}  // namespace allocprof::analysis
