// SPDX-License-Identifier: Apache-2.0
#include "analysis/analysis.h"

namespace allocprof::analysis {

const std::vector<Analysis>& Registry() {
  static const std::vector<Analysis> kRegistry = {
      {"process", AddProcess, kForAll},
      {"selection", AddSelection, kForAll},
      {"window", AddWindow, kForAll},
      {"totals", AddTotals, kForAll},
      {"timeline", AddTimeline, kForReport | kForTimeline},
      {"intervals", AddIntervals, kForTimeline},
      {"marks", AddMarks, kForTimeline},
      {"violations", AddViolations, kForReport | kForBudget},
      {"regions", AddRegions, kForReport | kForTimeline | kForBudget},
      {"pools", AddPools, kForReport | kForTimeline},
      {"tree", AddTree, kForTree},
      {"leaks", AddLeaks, kForLeaks},
      {"processes", AddProcesses},
      {"children", AddChildren},
      {"held", AddHeld},
      {"functions", AddFunctions},
      {"groups", AddGroups, kForReport | kForLeaks},
      {"sites", AddSites, kForBudget},
      {"stacks", AddStacks},
      {"advice", AddAdvice, kForReport | kForAdvice},
      {"leak_kinds", AddLeakKinds},
      {"growth", AddGrowth},
      {"churn", AddChurn},
      {"die_together", AddDieTogether},
      {"sizes", AddSizes},
      {"lifetimes", AddLifetimes},
      {"phases", AddPhases},
      {"threads", AddThreads},
      {"hand_overs", AddHandOvers},
      {"memory", AddMemory},
      {"allocator", AddAllocator},
      {"deepest_stack", AddDeepestStack},
      {"runtime", AddRuntimeBlocks, kForReport | kForLeaks},
      {"suppressions", AddSuppressions, kForReport | kForLeaks},
      {"trust", AddTrust, kForAll},
  };
  return kRegistry;
}

}  // namespace allocprof::analysis
