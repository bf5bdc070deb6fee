// SPDX-License-Identifier: Apache-2.0
//
// What a budget can limit: one row a metric, named as the JSON report names it.
//
// Units: counts and bytes. Thread-safety: the table is constant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.h"

namespace allocprof::budget {

enum class Sum : uint8_t {
  kAdds,     // over sites
  kLargest,  // of all sites
  kProcess,  // of the process alone: no scope has a share of it
};

struct Metric {
  const char* name;  // column of the table "sites", or scalar of the group "totals"
  report::Unit unit;
  Sum sum;
};

inline constexpr size_t kMetrics = 25;

const std::vector<Metric>& Metrics();

// nullptr if there is none of that name.
const Metric* FindMetric(std::string_view name);

// Index into Metrics().
inline size_t IndexOf(const Metric& metric) {
  return static_cast<size_t>(&metric - Metrics().data());
}

// "allocations", "peak bytes".
std::string Words(const Metric& metric);
// "1,240 allocations", "1 peak byte".
std::string Counted(uint64_t figure, const Metric& metric);

// "1,240": always exact, so that two figures which differ look different.
std::string FigureText(uint64_t figure);
// "+240" or "-240".
std::string ChangeText(uint64_t before, uint64_t after);
// "+24.0 %"; empty when `before` is 0.
std::string ChangePercentText(uint64_t before, uint64_t after);

}  // namespace allocprof::budget
