// SPDX-License-Identifier: Apache-2.0
//
// What every analysis gets and gives: it reads the profile and adds groups, tables and notes to the
// report. An analysis prints nothing and opens nothing. A new one is a file and a row in
// registry.cc.
#pragma once

#include <vector>

#include "analysis/build_report.h"
#include "analysis/frames.h"
#include "analysis/owners.h"
#include "analysis/phases.h"
#include "model/profile.h"
#include "report/report.h"

namespace allocprof::analysis {

// Facts about each site that several analyses need, made once.
struct SiteFacts {
  uint32_t call_site = UINT32_MAX;  // function index, see Frames::CallSite
  Phase phase = Phase::kMain;
  bool runtime = false;  // what it leaks is the runtime's by design
  Owners owners;
};

struct Input {
  const model::Profile& profile;
  const Frames& frames;
  const std::vector<SiteFacts>& facts;  // one a site
  const ReportOptions& options;
};

struct Analysis {
  const char* name;
  void (*run)(const Input&, report::Report*);
};

// In the order in which the report shows them.
const std::vector<Analysis>& Registry();

void AddProcess(const Input&, report::Report*);
void AddTotals(const Input&, report::Report*);
void AddPhases(const Input&, report::Report*);
void AddTimeline(const Input&, report::Report*);
void AddFunctions(const Input&, report::Report*);
void AddStacks(const Input&, report::Report*);
void AddThreads(const Input&, report::Report*);
void AddRuntimeBlocks(const Input&, report::Report*);
void AddTrust(const Input&, report::Report*);

}  // namespace allocprof::analysis
