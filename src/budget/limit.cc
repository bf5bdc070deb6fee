// SPDX-License-Identifier: Apache-2.0
#include "budget/limit.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/threshold.h"

namespace allocprof::budget {
namespace {

// Beyond it a double no longer holds every whole number.
constexpr double kLargestWhole = 0x1p53;

// Twice, and ten thousand times over, is a budget still.
constexpr double kMostPercent = 1e6;

Status NoAmount(std::string_view text, const Metric& metric) {
  const char* examples =
      metric.unit == report::Unit::kBytes ? "1000, \"64 KiB\" or \"5%\"" : "1000 or \"5%\"";
  return {ErrorCode::kUsage,
          fmt::format("'{}' is no amount of {}: write {}", text, Words(metric), examples)};
}

uint64_t Saturated(double figure) {
  if (!(figure > 0)) return 0;
  return figure < 0x1p64 ? static_cast<uint64_t>(figure) : UINT64_MAX;
}

}  // namespace

const char* BoundName(Bound bound) {
  static constexpr const char* kNames[] = {"max", "min", "equal"};
  return kNames[static_cast<size_t>(bound)];
}

Result<Limit> ParseLimit(std::string_view text, const Metric& metric) {
  Limit limit;
  if (!text.empty() && text.back() == '%') {
    std::string_view number = text.substr(0, text.size() - 1);
    if (!number.empty() && number.back() == ' ') number.remove_suffix(1);
    const char* end = number.data() + number.size();
    const auto [at, error] =
        std::from_chars(number.data(), end, limit.percent, std::chars_format::fixed);
    if (error != std::errc() || at != end || !(limit.percent >= 0) ||
        !(limit.percent <= kMostPercent)) {
      return NoAmount(text, metric);
    }
    limit.of_baseline = true;
    return limit;
  }
  const Result<Threshold> amount = ParseThreshold(text);
  if (!amount.ok() || amount.value().amount > kLargestWhole ||
      amount.value().amount != std::floor(amount.value().amount)) {
    return NoAmount(text, metric);
  }
  const bool unit = text.find_first_not_of("0123456789.") != std::string_view::npos;
  if (unit && metric.unit != report::Unit::kBytes) return NoAmount(text, metric);
  limit.amount = static_cast<uint64_t>(amount.value().amount);
  return limit;
}

Range RangeOf(const Limit& limit, uint64_t baseline) {
  const double base = static_cast<double>(baseline);
  // At 0 % the ends are the baseline itself, whatever a double can hold.
  const bool exact = !limit.of_baseline || limit.percent == 0;
  const uint64_t figure = limit.of_baseline ? baseline : limit.amount;
  const double share = limit.percent / 100;
  const uint64_t low = exact ? figure : Saturated(std::ceil(base - base * share));
  const uint64_t high = exact ? figure : Saturated(std::floor(base + base * share));
  Range range;
  if (limit.bound != Bound::kMax) range.low = low;
  if (limit.bound != Bound::kMin) range.high = high;
  return range;
}

}  // namespace allocprof::budget
