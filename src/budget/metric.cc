// SPDX-License-Identifier: Apache-2.0
#include "budget/metric.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"

namespace allocprof::budget {

const std::vector<Metric>& Metrics() {
  using report::Unit;
  static const std::vector<Metric> kTable = {
      {"allocations", Unit::kCount, Sum::kAdds},
      {"allocated_bytes", Unit::kBytes, Sum::kAdds},
      {"peak_bytes", Unit::kBytes, Sum::kAdds},
      {"peak_blocks", Unit::kCount, Sum::kAdds},
      {"leaked_bytes", Unit::kBytes, Sum::kAdds},
      {"leaked_blocks", Unit::kCount, Sum::kAdds},
      {"temporary_allocations", Unit::kCount, Sum::kAdds},
      {"frees", Unit::kCount, Sum::kAdds},
      {"reallocations", Unit::kCount, Sum::kAdds},
      {"reallocations_in_place", Unit::kCount, Sum::kAdds},
      {"failed_allocations", Unit::kCount, Sum::kAdds},
      {"contained_allocations", Unit::kCount, Sum::kAdds},
      {"contained_bytes", Unit::kBytes, Sum::kAdds},
      {"cross_thread_frees", Unit::kCount, Sum::kAdds},
      {"before_main_allocations", Unit::kCount, Sum::kAdds},
      {"after_main_allocations", Unit::kCount, Sum::kAdds},
      {"runtime_bytes", Unit::kBytes, Sum::kAdds},
      {"runtime_blocks", Unit::kCount, Sum::kAdds},
      {"suppressed_bytes", Unit::kBytes, Sum::kAdds},
      {"suppressed_blocks", Unit::kCount, Sum::kAdds},
      {"size_max", Unit::kBytes, Sum::kLargest},
      {"stack_depth_max", Unit::kBytes, Sum::kLargest},
      {"threads", Unit::kCount, Sum::kProcess},
      {"unknown_frees", Unit::kCount, Sum::kProcess},
      {"lost_events", Unit::kCount, Sum::kProcess},
  };
  return kTable;
}

const Metric* FindMetric(std::string_view name) {
  const auto& table = Metrics();
  const auto it = std::find_if(table.begin(), table.end(),
                               [&](const Metric& metric) { return name == metric.name; });
  return it == table.end() ? nullptr : &*it;
}

std::string Words(const Metric& metric) {
  if (metric.sum == Sum::kLargest) {
    return std::string_view(metric.name) == "size_max" ? "bytes in the largest block"
                                                       : "bytes of the deepest stack";
  }
  std::string words = metric.name;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string Counted(uint64_t figure, const Metric& metric) {
  std::string words = Words(metric);
  if (figure == 1 && words.back() == 's') words.pop_back();
  return FigureText(figure) + " " + words;
}

std::string FigureText(uint64_t figure) { return CountText(figure); }

std::string ChangeText(uint64_t before, uint64_t after) {
  return after < before ? "-" + CountText(before - after) : "+" + CountText(after - before);
}

std::string ChangePercentText(uint64_t before, uint64_t after) {
  if (before == 0) return "";
  const double part = static_cast<double>(after < before ? before - after : after - before);
  // A change may be many times what it is a change of: PercentText is for parts of a whole.
  const double percent = part / static_cast<double>(before) * 100;
  const std::string amount =
      part != 0 && percent < 0.1 ? "<0.1 %" : fmt::format("{:.1f} %", percent);
  return (after < before ? "-" : "+") + amount;
}

}  // namespace allocprof::budget
