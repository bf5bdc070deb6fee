// SPDX-License-Identifier: Apache-2.0
//
// One bound of a metric: a figure, or a share above or below the baseline.
//
// Errors: what is no amount of the metric's unit; the caller says where it stood.
// Thread-safety: functions without state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "budget/metric.h"

namespace allocprof::budget {

enum class Bound : uint8_t { kMax, kMin, kEqual };

struct Limit {
  Bound bound = Bound::kMax;
  bool of_baseline = false;
  double percent = 0;   // around the baseline, if of_baseline
  uint64_t amount = 0;  // else
  std::string pointer;  // where it stands in its file
};

const char* BoundName(Bound bound);

// "10 MiB", "5%", "1000", as the file has it in quotation marks.
Result<Limit> ParseLimit(std::string_view text, const Metric& metric);

// The figures that keep the limit, both ends included.
struct Range {
  uint64_t low = 0;
  uint64_t high = UINT64_MAX;

  bool Holds(uint64_t figure) const { return figure >= low && figure <= high; }
};
// `baseline` counts only for a limit of_baseline.
Range RangeOf(const Limit& limit, uint64_t baseline);

}  // namespace allocprof::budget
