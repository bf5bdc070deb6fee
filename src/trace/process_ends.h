// SPDX-License-Identifier: Apache-2.0
//
// When each of a trace's several processes ends, among the events of all: what a process has not
// freed is gone with it.
//
// A process whose end is recorded ends then: no event of it is played later. One that died ends
// with the last that is known of it. One that runs, and one that lasts as long as the trace, does
// not end in it; so the only process of a trace never does.
#pragma once

#include <cstdint>
#include <queue>
#include <utility>
#include <vector>

#include "trace/replay.h"
#include "trace/trace.h"

namespace allocprof::trace {

class ProcessEnds {
 public:
  explicit ProcessEnds(const Trace& trace);

  // For each thread, before the first event.
  void AddThread(uint32_t process);
  // It has no more events; its last one was at `stamp`.
  void EndThread(uint32_t process, uint64_t stamp);

  bool empty() const { return ends_.empty(); }
  // The stamp of the next one. REQUIRES: !empty()
  uint64_t next() const { return ends_.top().first; }
  // Tells `sink` of those that end before `stamp`.
  void TellBefore(uint64_t stamp, EventSink* sink);
  // Of those that are left, when there are no more events.
  void Finish(EventSink* sink);

 private:
  using End = std::pair<uint64_t, uint32_t>;  // stamp, process

  const Trace& trace_;
  bool several_;
  uint64_t last_stamp_ = 0;
  std::vector<uint32_t> threads_;  // that have events left, by process
  std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
};

}  // namespace allocprof::trace
