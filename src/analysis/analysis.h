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
#include "analysis/processes.h"
#include "analysis/selection.h"
#include "analysis/suppressed_sites.h"
#include "model/profile.h"
#include "report/report.h"

namespace allocprof::analysis {

// Where blocks that are live at the end are counted.
enum class Account : uint8_t { kLeaked, kRuntime, kSuppressed };

// Facts about each site that several analyses need, made once.
struct SiteFacts {
  uint32_t call_site = UINT32_MAX;  // function index, see Frames::CallSite
  Phase phase = Phase::kMain;
  bool runtime = false;                   // what it leaks is the runtime's by design
  uint32_t suppression = kNotSuppressed;  // that takes what it leaks; never with `runtime`
  Owners owners;
  bool selected = true;  // the filters let it pass; the figures of the others are 0

  Account account() const {
    if (suppression != kNotSuppressed) return Account::kSuppressed;
    return runtime ? Account::kRuntime : Account::kLeaked;
  }
  bool leaks() const { return account() == Account::kLeaked; }
};

struct Input {
  const model::Profile& profile;
  const Frames& frames;
  const std::vector<SiteFacts>& facts;  // one a site
  const ReportOptions& options;
  const std::vector<Suppression>& suppressions;
  const Selection& selection;
  const std::vector<Child>& children;  // of the process, when it is reported alone
};

inline constexpr auto kForReport = static_cast<uint8_t>(Subject::kReport);
inline constexpr auto kForTree = static_cast<uint8_t>(Subject::kTree);
inline constexpr auto kForLeaks = static_cast<uint8_t>(Subject::kLeaks);
inline constexpr auto kForTimeline = static_cast<uint8_t>(Subject::kTimeline);
inline constexpr auto kForAdvice = static_cast<uint8_t>(Subject::kAdvice);
inline constexpr auto kForBudget = static_cast<uint8_t>(Subject::kBudget);
inline constexpr uint8_t kForAll = 0xff;

struct Analysis {
  const char* name;
  void (*run)(const Input&, report::Report*);
  uint8_t subjects = kForReport;
};

// In the order in which the report shows them.
const std::vector<Analysis>& Registry();

void AddProcess(const Input&, report::Report*);
void AddSelection(const Input&, report::Report*);
void AddWindow(const Input&, report::Report*);
void AddHeld(const Input&, report::Report*);
void AddTotals(const Input&, report::Report*);
void AddPhases(const Input&, report::Report*);
void AddProcesses(const Input&, report::Report*);
void AddChildren(const Input&, report::Report*);
void AddTimeline(const Input&, report::Report*);
void AddFunctions(const Input&, report::Report*);
void AddGroups(const Input&, report::Report*);
void AddSites(const Input&, report::Report*);
void AddStacks(const Input&, report::Report*);
void AddTree(const Input&, report::Report*);
void AddLeaks(const Input&, report::Report*);
void AddIntervals(const Input&, report::Report*);
void AddAllocator(const Input&, report::Report*);
void AddMemory(const Input&, report::Report*);
void AddDeepestStack(const Input&, report::Report*);
void AddAdvice(const Input&, report::Report*);
void AddThreads(const Input&, report::Report*);
void AddRegions(const Input&, report::Report*);
void AddViolations(const Input&, report::Report*);
void AddPools(const Input&, report::Report*);
void AddMarks(const Input&, report::Report*);
void AddLeakKinds(const Input&, report::Report*);
void AddSizes(const Input&, report::Report*);
void AddLifetimes(const Input&, report::Report*);
void AddGrowth(const Input&, report::Report*);
void AddChurn(const Input&, report::Report*);
void AddDieTogether(const Input&, report::Report*);
void AddHandOvers(const Input&, report::Report*);
void AddRuntimeBlocks(const Input&, report::Report*);
void AddSuppressions(const Input&, report::Report*);
void AddTrust(const Input&, report::Report*);

}  // namespace allocprof::analysis
