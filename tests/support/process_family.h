// SPDX-License-Identifier: Apache-2.0
//
// Several recorded processes of one machine: whose header says what, and all of them read as one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/recording.h"
#include "trace/trace.h"

namespace allocprof::test {

// What a header says of a process. One that nobody started belongs to its own run.
struct Member {
  uint32_t pid = kPid;
  uint32_t ppid = 1;
  uint64_t stamp = kStartStamp;  // of its start; one stamp is one nanosecond on all clocks
  uint32_t forked_from = 0;
  uint32_t root_pid = 0;
  uint64_t start_ticks = kStartTicks;  // of it and of its root

  // The first line of its trace, as TraceBuilder::Header takes it.
  std::string HeaderLine() const;
};

// A recording of that process; its first event comes 10 after its start.
Recording RecordingOf(const Member& member);

// Writes each text to a file and loads all of them together.
std::shared_ptr<const trace::Trace> LoadTogether(const std::vector<std::string>& texts);

}  // namespace allocprof::test
