// SPDX-License-Identifier: Apache-2.0
#include "analysis/time_point.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>

#include "base/units.h"

namespace allocprof::analysis {
namespace {

struct Suffix {
  std::string_view text;
  double seconds;
};
constexpr Suffix kSuffixes[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"min", 60}};

}  // namespace

Result<uint64_t> ParseTimePoint(const std::string& option, const std::string& text,
                                const trace::Trace& trace) {
  const auto wrong = [&](const std::string& why) {
    return Status(ErrorCode::kUsage, fmt::format("{} {}: {}", option, text, why));
  };
  const uint64_t start = trace.header.stamp, end = trace.last_stamp();
  if (text == "start") return start;
  if (text == "end") return end;
  for (const trace::Mark& mark : trace.marks) {
    if (mark.name == text) return mark.stamp;
  }
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(rest, static_cast<size_t>(text.data() + text.size() - rest));
  if (error != std::errc() || !std::isfinite(number) || number < 0) {
    std::string marks;
    for (const trace::Mark& mark : trace.marks) marks += (marks.empty() ? "" : ", ") + mark.name;
    return wrong("no time and no mark; write 12.5, 250ms, 40% or the name of a mark" +
                 (marks.empty() ? " (the trace has none)" : " (the trace has " + marks + ")"));
  }
  if (unit == "%") {
    if (number > 100) return wrong("a run has 100%");
    return start + static_cast<uint64_t>(number / 100 * static_cast<double>(end - start));
  }
  for (const Suffix& suffix : kSuffixes) {
    if (unit != suffix.text) continue;
    const double seconds = number * suffix.seconds;
    if (seconds > trace.Seconds(end)) {
      return wrong("the run lasted " + SecondsText(trace.Seconds(end), true));
    }
    return start + static_cast<uint64_t>(seconds * trace.stamps_per_second);
  }
  return wrong("no unit of time; write s, ms, us, min or %");
}

}  // namespace allocprof::analysis
