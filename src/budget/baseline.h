// SPDX-License-Identifier: Apache-2.0
//
// allocprof.baseline.json: the figures that a budget was last content with, by budget and metric,
// and the stacks behind them. Machine-owned: one entry a line, in a stable order, so that a diff
// of it reads well and merges.
//
// Errors: kUsage, naming file, place and remedy. Thread-safety: values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace allocprof::budget {

struct BaselineStack {
  std::string at;                           // "parse_value < parse < main", for people
  std::map<std::string, uint64_t> figures;  // by metric
};

struct Baseline {
  std::map<std::string, uint64_t> figures;      // by "budget metric"
  std::map<std::string, BaselineStack> stacks;  // by "budget id-of-key"
  std::map<std::string, uint64_t> left_out;  // "budget metric": largest figure of a stack not kept

  std::optional<uint64_t> Find(const std::string& budget, const std::string& metric) const;
};

inline std::string EntryKey(const std::string& budget, const std::string& what) {
  return budget + " " + what;
}

Result<Baseline> ParseBaseline(const std::string& path, std::string_view text);
// `remedy`: the command that makes one.
Result<Baseline> ReadBaseline(const std::string& path, const std::string& remedy);

std::string BaselineText(const Baseline& baseline);

}  // namespace allocprof::budget
