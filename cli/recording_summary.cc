// SPDX-License-Identifier: Apache-2.0
#include "recording_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "base/units.h"
#include "shell_words.h"

namespace allocprof::cli {
namespace {

constexpr size_t kMostNamed = 3;

std::string Counted(uint64_t count, const char* what) {
  return fmt::format("{} {}{}", CountText(count), what, count == 1 ? "" : "s");
}

std::string Named(const RecordedTrace& trace) {
  return fmt::format("{} (pid {})", trace.exe, trace.pid);
}

// "cc1 (pid 5), as (pid 6) and 3 more"; empty if there are none.
std::string NamesOf(const std::vector<RecordedTrace>& traces, bool RecordedTrace::*which) {
  std::string names;
  size_t count = 0;
  for (const RecordedTrace& trace : traces) {
    if (!(trace.*which) || count++ >= kMostNamed) continue;
    names += (names.empty() ? "" : ", ") + Named(trace);
  }
  if (count > kMostNamed) names += fmt::format(" and {} more", count - kMostNamed);
  return names;
}

std::string SumOf(const std::vector<RecordedTrace>& traces) {
  uint64_t allocations = 0;
  bool all = true;
  std::set<uint64_t> pids;
  for (const RecordedTrace& trace : traces) {
    allocations += trace.allocations.value_or(0);
    all = all && trace.allocations.has_value();
    pids.insert(trace.pid);
  }
  // One process may be several programs, by exec.
  const std::string of = pids.size() == 1 ? CountText(uint64_t{traces.size()}) + " programs"
                                          : CountText(uint64_t{pids.size()}) + " processes";
  return fmt::format("; with what it started {}, {}{}", of, all ? "" : "at least ",
                     Counted(allocations, "allocation"));
}

}  // namespace

std::string RecordingSummary(const std::vector<RecordedTrace>& traces, const ChildEnd& end) {
  const RecordedTrace& first = traces.front();
  std::string text = "recorded ";
  if (first.allocations.has_value()) text += Counted(*first.allocations, "allocation") + " in ";
  text += fmt::format("{} to {}", Named(first), Quoted(first.path));
  if (end.signal != 0) {
    text += fmt::format(" until signal {} ({}) killed it", end.signal, strsignal(end.signal));
  }
  if (traces.size() > 1) text += SumOf(traces);
  if (const std::string names = NamesOf(traces, &RecordedTrace::own_malloc); !names.empty()) {
    text += fmt::format("; nothing of {}, with a malloc of its own: see allocprof doctor", names);
  }
  if (const std::string names = NamesOf(traces, &RecordedTrace::runs); !names.empty()) {
    const auto n = std::count_if(traces.begin(), traces.end(),
                                 [](const RecordedTrace& trace) { return trace.runs; });
    text += fmt::format("; {} still {} on", names, n == 1 ? "runs and records" : "run and record");
  }
  return text + "; next: allocprof report " + (traces.size() > 1 ? "--tree " : "") +
         Quoted(first.path);
}

}  // namespace allocprof::cli
