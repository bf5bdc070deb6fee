// SPDX-License-Identifier: Apache-2.0
#include "trace_check.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>

#include "base/units.h"

namespace allocprof::cli {
namespace {

uint64_t EventsOf(const trace::Trace& trace) {
  uint64_t events = 0;
  for (const trace::Chunk& chunk : trace.chunks) events += chunk.events;
  return events;
}

void CheckHooked(const trace::Trace& trace, Findings* found) {
  const trace::Header& h = trace.header;
  if (h.hooked == "none") {
    found->push_back({Weight::kStops, "own_malloc",
                      "has its own malloc, so its calls did not reach the recorder",
                      fmt::format("the first malloc of the process is {}'s", h.allocator),
                      "allocprof run --own-malloc libraries records what its libraries allocate"});
  } else if (h.hooked == "libraries") {
    found->push_back({Weight::kLimits, "own_malloc",
                      "has its own malloc: recorded is what its libraries call",
                      fmt::format("the first malloc of the process is {}'s", h.allocator),
                      "take what looks leaked with care: the program may have freed it itself"});
  }
}

void CheckEnding(const trace::Trace& trace, Findings* found) {
  if (trace.ending == trace::Ending::kExec) {
    found->push_back({Weight::kNote, "exec", "replaced itself by exec", "the trace ends there",
                      "look at the trace of the new program beside it"});
  } else if (trace.ending == trace::Ending::kRunning) {
    found->push_back(
        {Weight::kNote, "running", "is still running", "its spool is in use", "look again later"});
  } else if (trace.ending == trace::Ending::kDied && !trace.from_spool) {
    found->push_back({Weight::kLimits, "cut", "has lost the end of its trace",
                      "there is no end record and no spool",
                      fmt::format("keep {}.spool beside the trace", trace.path)});
  }
}

}  // namespace

bool LooksRecorded(const std::string& path) {
  if (path == "-") return true;
  struct stat st = {};
  if (stat(path.c_str(), &st) != 0 || !S_ISREG(st.st_mode)) return false;
  std::ifstream file(path, std::ios::binary);
  std::string head(13, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head == "{\"allocprof\":" || head.starts_with("\x28\xb5\x2f\xfd");
}

Findings CheckTrace(const trace::Trace& trace) {
  Findings found;
  CheckHooked(trace, &found);
  const uint64_t events = EventsOf(trace);
  if (events == 0 && trace.complete && found.empty()) {
    found.push_back({Weight::kLimits, "no_events", "made no allocation before its trace ended",
                     fmt::format("no events from {}", trace.header.exe),
                     "allocprof doctor " + trace.header.exe + " looks at the program itself"});
  }
  for (const trace::Lost& lost : trace.lost) {
    found.push_back({Weight::kLimits, "lost",
                     fmt::format("has lost {} events ({})", CountText(lost.events), lost.why),
                     "the trace's own count", "see allocprof info " + trace.path});
  }
  if (trace.window) {
    found.push_back({Weight::kLimits, "window",
                     "could not write its trace any more and kept only the last events",
                     "the spool says so", "make room, or write the trace elsewhere with -o"});
  }
  if (!trace.damage.empty()) {
    found.push_back({Weight::kLimits, "damage",
                     fmt::format("has a trace that is damaged in {} places", trace.damage.size()),
                     trace.damage.front().where + ": " + trace.damage.front().what,
                     "see allocprof info " + trace.path});
  }
  if (!trace.header.free_stacks) {
    found.push_back({Weight::kNote, "free_stacks", "was recorded without the stacks of frees",
                     "ALLOCPROF_FREE_STACKS was off", "record it with --free-stacks on"});
  }
  CheckEnding(trace, &found);
  return found;
}

}  // namespace allocprof::cli
