// SPDX-License-Identifier: Apache-2.0
#include "analysis/analysis.h"

namespace allocprof::analysis {

const std::vector<Analysis>& Registry() {
  static const std::vector<Analysis> kRegistry = {
      {"process", AddProcess},
      {"selection", AddSelection},
      {"totals", AddTotals},
      {"timeline", AddTimeline},
      {"functions", AddFunctions},
      {"groups", AddGroups},
      {"stacks", AddStacks},
      {"phases", AddPhases},
      {"threads", AddThreads},
      {"memory", AddMemory},
      {"allocator", AddAllocator},
      {"runtime", AddRuntimeBlocks},
      {"suppressions", AddSuppressions},
      {"trust", AddTrust},
  };
  return kRegistry;
}

}  // namespace allocprof::analysis
