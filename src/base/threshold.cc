// SPDX-License-Identifier: Apache-2.0
#include "base/threshold.h"

#include <charconv>
#include <cmath>

namespace allocprof {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr Unit kUnits[] = {
    {"", 1},       {"B", 1},        {"kB", 1e3},   {"MB", 1e6},     {"GB", 1e9},   {"KiB", 0x1p10},
    {"K", 0x1p10}, {"MiB", 0x1p20}, {"M", 0x1p20}, {"GiB", 0x1p30}, {"G", 0x1p30},
};

}  // namespace

Result<Threshold> ParseThreshold(std::string_view text) {
  const Status wrong(ErrorCode::kUsage,
                     "'" + std::string(text) + "' is no amount: write 1000, 64KiB or 0.5%");
  double amount = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, amount, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(amount) || amount < 0) return wrong;
  std::string_view unit(at, static_cast<size_t>(end - at));
  if (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  if (unit == "%") {
    if (amount > 100) return wrong;
    return Threshold{amount, true};
  }
  for (const Unit& known : kUnits) {
    if (unit == known.name) return Threshold{amount * known.factor, false};
  }
  return wrong;
}

}  // namespace allocprof
