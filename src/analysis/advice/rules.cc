// SPDX-License-Identifier: Apache-2.0
#include "analysis/advice/rules.h"

namespace allocprof::analysis {

const std::vector<Rule>& AdviceRules() {
  static const std::vector<Rule> kRules = {
      {"leak-growing", "leaks all along the run", AdviseLeakGrowing},
      {"leak-once", "is never freed", AdviseLeakOnce},
      {"reserve", "grows step by step", AdviseReserve},
      {"oversized", "maps memory anew each time", AdviseOversized},
      {"idiom", "could do without", AdviseIdiom},
      {"inline", "could use its own frame", AdviseInline},
      {"caller-buffer", "could fill its caller's buffer", AdviseCallerBuffer},
      {"reuse", "could keep one buffer", AdviseReuse},
      {"intern", "keeps many copies of one size", AdviseIntern},
      {"tiny", "asks for tiny blocks in bulk", AdviseTiny},
      {"arena", "asks for blocks that die all at once", AdviseArena},
      {"cross-thread", "hands blocks to another thread", AdviseCrossThread},
  };
  return kRules;
}

}  // namespace allocprof::analysis
