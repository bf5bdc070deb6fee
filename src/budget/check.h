// SPDX-License-Identifier: Apache-2.0
//
// Budget file x runs -> verdicts, one for each limit. What every report of a check is made from.
//
// With several runs the one that keeps a limit worst is judged. A stack is unstable in a metric if
// that figure of it is not the same in each run; a budget leaves such stacks out where it says so.
// Errors: kUsage for a scope that nothing is in, and for a figure that the baseline lacks;
// kUnreadable for one that the trace cannot tell. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "budget/baseline.h"
#include "budget/budget_file.h"
#include "budget/sites.h"

namespace allocprof::budget {

// A line that allocates, and how much of a culprit's figure is its.
struct Share {
  uint64_t figure = 0;
  std::string file;
  int line = 0;
};

struct Culprit {
  std::string id;                  // of its key
  uint64_t figure = 0;             // of the verdict's metric
  std::optional<uint64_t> before;  // by the baseline; 0 is also for a stack that is not in it
  bool fresh = false;              // not in the baseline, which has all stacks
  const Frames* stack = nullptr;   // of the line with most
  std::vector<Share> lines;        // of the same function, the largest first; one at least
};

enum class Judgement : uint8_t { kKept, kBroken, kBetter };

struct Verdict {
  const Budget* budget = nullptr;
  const Metric* metric = nullptr;
  const Limit* limit = nullptr;
  Judgement judgement = Judgement::kKept;
  uint64_t figure = 0;
  uint64_t bound = 0;  // the end of the range that was crossed, or is nearest
  bool above = true;   // the bound is the upper end
  std::optional<uint64_t> baseline;
  std::vector<Culprit> culprits;  // of a broken one: most to blame first
  size_t run = 0;                 // that was judged
};

struct UnstableStack {
  std::string id;
  const Metric* metric = nullptr;
  const Frames* stack = nullptr;
  uint64_t least = 0, most = 0;
};

struct Outcome {
  std::vector<Verdict> verdicts;        // in the order of the file
  std::vector<UnstableStack> unstable;  // the widest spread first
  size_t runs = 1;

  size_t Count(Judgement judgement) const;
};

struct CheckOptions {
  size_t culprits = 3;
  std::string budget_path, baseline_path;  // for messages
};

// `baseline` is nullptr if there is none. REQUIRES: at least one run. The outcome points into all
// arguments.
Result<Outcome> Check(const BudgetFile& file, const Baseline* baseline,
                      const std::vector<Run>& runs, const CheckOptions& options);

// What the budgets would be content with: figures of each metric that the file mentions, and the
// stacks behind them.
Result<Baseline> MakeBaseline(const BudgetFile& file, const std::vector<Run>& runs);

}  // namespace allocprof::budget
