// SPDX-License-Identifier: Apache-2.0
//
// What each hook records, once the real call has been made (or, for a free, before it).
//
// Order is what makes address reuse sort right: a free is stamped before the real call, an
// allocation after it; a realloc carries both stamps and is recorded only when it succeeded.
// Cost in the product, a malloc+free pair with both stacks: see tests/bench.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/single_threaded.h>

#include "capture.h"
#include "clock.h"
#include "cost.h"
#include "emit.h"
#include "options.h"
#include "process.h"
#include "thread.h"
#include "timeline.h"

namespace allocprof {

extern bool free_stacks;  // ALLOCPROF_FREE_STACKS

// Chooses what is timed: after one event in 256 a real call, and in one of four such events the
// hook itself, for the estimate of our own cost.
void Sample(Thread* t, uint64_t stamp);

// The hook that is timed has ended, or a sample of the timeline is due.
void EndRarely(Thread* t, uint64_t stamp);

inline uint64_t ExactStamp(Thread* t) {
  t->until_stamp = 16;
  const uint64_t stamp = t->clock = Stamp();
  if (__builtin_expect(--t->until_timed == 0, 0)) Sample(t, stamp);
  return stamp;
}

// The stamp of the event at hand. While the process has one thread nothing has to be ordered
// against another one: then one event in 16 reads the clock (9 ns) and those after it repeat its
// stamp, which takes no byte either. From the first pthread_create, or second ring, on every stamp
// is exact.
inline uint64_t EventStamp(Thread* t) {
  const bool alone = __libc_single_threaded && t->only_thread.load(std::memory_order_relaxed);
  if (__builtin_expect(alone && --t->until_stamp != 0, 1)) return t->clock;
  return ExactStamp(t);
}

// Events of a handler that interrupted a hook of its own thread: queued behind that hook.
void QueueAlloc(Thread* t, const Site& site, uint64_t address, uint64_t size, wire::Entry entry);
void QueueFree(Thread* t, const Site& site, uint64_t address, wire::Entry entry);
void QueueRealloc(Thread* t, const Site& site, uint64_t old_address, uint64_t old_stamp,
                  uint64_t address, uint64_t size, wire::Entry entry);
void QueueFailed(Thread* t, const Site& site, uint64_t size, wire::Entry entry);
void RecordNestedEvent(Thread* t, const NestedEvent& event);

inline void EndEvent(Thread* t, uint64_t stamp) {
  Publish(t);
  if (__builtin_expect(stamp >= t->next_tick, 0)) EndRarely(t, stamp);
}

[[gnu::always_inline]] inline void RecordAlloc(Thread* t, const Site& site, const void* p,
                                               size_t size, wire::Entry entry) {
  const uint64_t stamp = EventStamp(t);
  const uint32_t stack = CaptureStack(t, site);
  EmitAlloc(t, stack, reinterpret_cast<uintptr_t>(p), size, stamp, entry);
  EndEvent(t, stamp);
}

[[gnu::always_inline]] inline void RecordFreeAt(Thread* t, const Site& site, uintptr_t address,
                                                uint64_t stamp, wire::Entry entry) {
  const uint32_t stack = free_stacks ? CaptureStack(t, site) : 0;
  EmitFree(t, stack, address, stamp, wire::Record::kFree, entry);
  EndEvent(t, stamp);
}

[[gnu::always_inline]] inline void RecordFree(Thread* t, const Site& site, const void* p,
                                              wire::Entry entry) {
  RecordFreeAt(t, site, reinterpret_cast<uintptr_t>(p), EventStamp(t), entry);
}

// `old_stamp` was taken before the real call.
inline void RecordRealloc(Thread* t, const Site& site, uintptr_t old_address, uint64_t old_stamp,
                          void* p, size_t size, wire::Entry entry, bool timed) {
  const uint64_t stamp = EventStamp(t);
  const uint32_t stack = CaptureStack(t, site);
  // Both halves in one block, so that no reader sees one without the other.
  if (Room(t, 3)) {
    EmitFree(t, stack, old_address, old_stamp, wire::Record::kReallocFree, entry);
    EmitAlloc(t, stack, reinterpret_cast<uintptr_t>(p), size, stamp, entry);
    if (__builtin_expect(timed, 0)) EmitCost(t, p);
  }
  EndEvent(t, stamp);
}

// An allocation whose real call was timed.
void RecordTimedAlloc(Thread* t, const Site& site, void* p, size_t size, wire::Entry entry);

// Records a free, then makes the real call and times it.
void FreeTimed(Thread* t, const Site& site, void* p);

inline void RecordFailed(Thread* t, const Site& site, size_t size, wire::Entry entry) {
  const uint64_t stamp = EventStamp(t);
  const uint32_t stack = CaptureStack(t, site);
  EmitFailed(t, stack, size, stamp, entry);
  EndEvent(t, stamp);
}

}  // namespace allocprof
