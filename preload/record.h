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

#include "capture.h"
#include "clock.h"
#include "emit.h"
#include "options.h"
#include "thread.h"
#include "timeline.h"

namespace allocprof {

extern bool free_stacks;  // ALLOCPROF_FREE_STACKS

// Events of a handler that interrupted a hook of its own thread: queued behind that hook.
void QueueAlloc(Thread* t, const Site& site, uint64_t address, uint64_t size, wire::Entry entry);
void QueueFree(Thread* t, const Site& site, uint64_t address, wire::Entry entry);
void QueueRealloc(Thread* t, const Site& site, uint64_t old_address, uint64_t old_stamp,
                  uint64_t address, uint64_t size, wire::Entry entry);
void QueueFailed(Thread* t, const Site& site, uint64_t size, wire::Entry entry);
void RecordNestedEvent(Thread* t, const NestedEvent& event);

// One hook in 1024 is timed from its stamp to here, less any drain in between.
inline void EndEvent(Thread* t, uint64_t stamp) {
  Publish(t);
  if (__builtin_expect(--t->until_sample == 0, 0)) {
    t->until_sample = 1024;
    if (t->last_drain < stamp) t->hook_cycles += (Stamp() - stamp) * 1024;
  }
  if (__builtin_expect(stamp >= t->next_tick, 0)) Tick(t, stamp);
}

inline void RecordAlloc(Thread* t, const Site& site, const void* p, size_t size,
                        wire::Entry entry) {
  const uint64_t stamp = Stamp();
  const uint32_t stack = CaptureStack(t, site);
  EmitAlloc(t, stack, reinterpret_cast<uintptr_t>(p), size, stamp, entry);
  EndEvent(t, stamp);
}

inline void RecordFree(Thread* t, const Site& site, const void* p, wire::Entry entry) {
  const uint64_t stamp = Stamp();
  const uint32_t stack = free_stacks ? CaptureStack(t, site) : 0;
  EmitFree(t, stack, reinterpret_cast<uintptr_t>(p), stamp, wire::Record::kFree, entry);
  EndEvent(t, stamp);
}

// `old_stamp` was taken before the real call.
inline void RecordRealloc(Thread* t, const Site& site, uintptr_t old_address, uint64_t old_stamp,
                          const void* p, size_t size, wire::Entry entry) {
  const uint64_t stamp = Stamp();
  const uint32_t stack = CaptureStack(t, site);
  // Both halves in one block, so that no reader sees one without the other.
  if (Room(t, 2)) {
    EmitFree(t, stack, old_address, old_stamp, wire::Record::kReallocFree, entry);
    EmitAlloc(t, stack, reinterpret_cast<uintptr_t>(p), size, stamp, entry);
  }
  EndEvent(t, stamp);
}

inline void RecordFailed(Thread* t, const Site& site, size_t size, wire::Entry entry) {
  const uint64_t stamp = Stamp();
  const uint32_t stack = CaptureStack(t, site);
  EmitFailed(t, stack, size, stamp, entry);
  EndEvent(t, stamp);
}

}  // namespace allocprof
