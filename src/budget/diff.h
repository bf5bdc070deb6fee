// SPDX-License-Identifier: Apache-2.0
//
// Two runs compared, stack by stack. Stacks are matched by StackKey; of what is left over, those
// that allocate in one function and lie on another way to it now have moved.
//
// Conservation: the changes of all stacks add up to the change of the total.
// Errors: --fail-on that is no condition. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "budget/check.h"
#include "budget/sites.h"

namespace allocprof::budget {

enum class Change : uint8_t { kNew, kGone, kGrown, kShrunk, kSame };
inline constexpr size_t kChanges = 5;

const char* ChangeName(Change change);

struct StackChange {
  std::string id;
  Change change = Change::kSame;  // of the metric that the comparison is by
  bool moved = false;
  Figures before{}, after{};
  const Frames* stack = nullptr;  // of the later run, unless it is gone

  // Of a metric, as a two's complement.
  int64_t By(size_t metric) const { return static_cast<int64_t>(after[metric] - before[metric]); }
};

struct Diff {
  const Metric* metric = nullptr;   // that changes are told by
  std::vector<StackChange> stacks;  // the largest change first
  Figures before{}, after{};        // totals
  std::vector<bool> known;          // by metric: both traces tell it

  std::vector<const StackChange*> Of(Change change) const;
};

Diff Compare(const Run& before, const Run& after, const Metric& metric);

// "allocations>+0", "peak_bytes>+5%", "leaked_bytes>0".
struct FailRule {
  const Metric* metric = nullptr;
  bool relative = false;  // to the earlier run
  bool percent = false;
  double amount = 0;
  std::string text;

  bool Fails(uint64_t before, uint64_t after) const;
};

Result<FailRule> ParseFailRule(const std::string& text);

// A limit of a budget before and after.
struct LimitChange {
  Verdict before, after;

  bool breaks() const {
    return after.judgement == Judgement::kBroken && before.judgement != Judgement::kBroken;
  }
  // "broken by this change", "broken before", "repaired", "kept".
  const char* Word() const;
};

}  // namespace allocprof::budget
