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

// What a report is for; registry.cc says which analyses belong to it.
enum class Subject : uint8_t {
  kReport = 1,
  kTree = 2,
  kLeaks = 4,
  kTimeline = 8,
  kAdvice = 16,
  kBudget = 32,
};

struct ReportOptions {
  Subject subject = Subject::kReport;
  std::string sort = "allocations";   // one of SortKeys()
  uint64_t top = 10;                  // rows of each list; 0 = all
  Threshold min;                      // rows with less of the sort key are cut, too
  std::string group_by = "function";  // one of GroupKeys()
  Filters filters;
  std::string from, to;    // the window of time, as ParseTimePoint takes it; empty: the run's ends
  std::string at;          // "peak", "end" or a time: also say who held the memory then
  bool by_thread = false;  // a stack that several threads share is a site for each
  bool by_region = false;  // and one for each path of regions
  std::vector<std::string> no_alloc;  // functions that are not to allocate or free: expressions
  bool own_peaks = false;             // functions have their own peaks: costs a second replay
  bool plumbing = false;    // trees show the allocator's frames and container insides, too
  bool inverted = false;    // the tree begins at the call sites
  uint64_t intervals = 20;  // rows of a timeline's list
  std::vector<std::string> suppressions;  // files
  symbols::Options symbols;
  std::function<void(double)> progress;  // called now and then with the share that is read
  std::vector<std::string> more_traces;  // read as one with the first
  bool tree = false;                     // and with those of the processes below it
};

Result<report::Report> BuildReport(const std::string& trace_path, const ReportOptions& options);

const std::vector<std::string>& SortKeys();
const std::vector<std::string>& GroupKeys();

}  // namespace allocprof::analysis
