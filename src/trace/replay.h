// SPDX-License-Identifier: Apache-2.0
//
// Plays a trace's events in time order over all threads.
//
// Chunks are decoded in other threads, ahead of the merge; threads are merged by stamp. Of two
// events with one stamp the free comes first: an address is freed before it is given out again.
// Memory: one decoded chunk a thread of the trace, and a bounded number that wait.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "trace/trace.h"
#include "wire/block_reader.h"

namespace allocprof::trace {

class EventSink {
 public:
  virtual ~EventSink() = default;
  // A stack node: `e.stack` is a child of `e.parent` in `thread`'s own numbering. Always before the
  // first event of that thread that uses it.
  virtual void Define(uint32_t thread, const wire::Event& e) = 0;
  virtual void Deeper(uint32_t thread, const wire::Event& e) = 0;
  // kAlloc, kFree, kReallocFree or kFailed, in time order.
  virtual void OnEvent(uint32_t thread, const wire::Event& e) = 0;
  // The real call behind the last event of `thread` was timed: wire::Extended::kCost.
  virtual void OnCost(uint32_t /*thread*/, const wire::Event& /*e*/) {}
  // `thread` enters or leaves a region: wire::Extended::kRegion.
  virtual void OnRegion(uint32_t /*thread*/, const wire::Event& /*e*/) {}
  // What the program says of its own allocator: wire::Extended::kPool.
  virtual void OnPool(uint32_t /*thread*/, const wire::Event& /*e*/) {}
  // Of several processes one has ended, before the trace does: see process_ends.h. No event of it
  // comes later.
  virtual void OnProcessEnd(uint32_t /*process*/, uint64_t /*stamp*/) {}
  // All of these but the process's end, as many of one thread as come before the next of another;
  // what is no event is kExtended.
  virtual void OnEvents(uint32_t thread, const wire::Event* first, const wire::Event* last);
};

struct ReplayOptions {
  explicit ReplayOptions(const Trace& trace);  // as many workers as pay

  unsigned workers;
  std::function<void(double)> progress;  // called now and then with the share that is read
};

struct ReplayResult {
  Totals totals;               // of everything decoded, to hold against the end record
  uint64_t after_end = 0;      // events later than the end of the trace, not played
  uint64_t skipped_kinds = 0;  // records of a kind this version does not know
  std::vector<Damage> damage;
};

// The sink is called by the calling thread only.
ReplayResult Replay(const Trace& trace, EventSink* sink, const ReplayOptions& options);
ReplayResult Replay(const Trace& trace, EventSink* sink);

}  // namespace allocprof::trace
