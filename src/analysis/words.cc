// SPDX-License-Identifier: Apache-2.0
#include "analysis/words.h"

#include <ctime>

namespace allocprof::analysis {

const char* EndingText(trace::Ending ending) {
  switch (ending) {
    case trace::Ending::kExit:
      return "exit";
    case trace::Ending::kUnderscoreExit:
      return "_exit";
    case trace::Ending::kQuickExit:
      return "quick_exit";
    case trace::Ending::kExec:
      return "exec";
    case trace::Ending::kRunning:
      return "still running";
    case trace::Ending::kDied:
      return "died";
  }
  return "";
}

const char* LostText(const std::string& why) {
  if (why == "no_ring") return "there was no memory for a thread's ring";
  if (why == "nested") return "too many came from signal handlers inside one hook";
  if (why == "window") return "the trace file could not be written any more";
  if (why == "starting") return "the recorder was not ready yet";
  if (why == "max_size") return "the trace reached ALLOCPROF_MAX_SIZE";
  return "for a reason that this version does not know";
}

std::string IsoTime(uint64_t real_ns) {
  const auto seconds = static_cast<time_t>(real_ns / 1000000000);
  tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

}  // namespace allocprof::analysis
