// SPDX-License-Identifier: Apache-2.0
#include "record.h"

#include "real.h"
#include "switch.h"

namespace allocprof {

bool free_stacks = true;

void Sample(Thread* t, uint64_t stamp) {
  t->until_timed = t->only_thread ? 256 / 16 : 256;
  if (__builtin_expect(IsOff(), 0)) {
    SwitchOff(t);
  } else {
    ArmCost(t, stamp);
  }
  if (t->samples++ % 4 == 0) {
    t->next_tick = 0;  // so that the end of the event comes by EndRarely
    t->timed_since = Stamp();
  }
}

namespace {

void CountHook(Thread* t) {
  constexpr uint64_t kInterrupted = 100'000;  // some 40 us: another process ran meanwhile
  const uint64_t took = Stamp() - t->timed_since;
  // A drain in between has its own account.
  if (t->last_drain < t->timed_since && took < kInterrupted && took > EmptyMeasurement()) {
    t->hook_cycles += (took - EmptyMeasurement()) * 1024;
  }
  t->timed_since = 0;
}

}  // namespace

void EndRarely(Thread* t, uint64_t stamp) {
  if (t->timed_since != 0) {
    CountHook(t);
    t->next_tick = process->next_tick.load(std::memory_order_relaxed);
  }
  if (stamp >= t->next_tick) Tick(t, stamp);
}

namespace {

// A slot of the queue, or nullptr when it is full (LeaveNested counts what did not fit).
NestedEvent* Reserve(Thread* t, const Site& site, wire::Record kind, wire::Entry entry) {
  const uint32_t slot = t->nested_reserved.fetch_add(1, std::memory_order_relaxed);
  if (slot >= kNestedEvents) return nullptr;
  NestedEvent* e = &t->nested[slot];
  e->kind = kind;
  e->entry = entry;
  e->address = e->size = e->old_address = e->old_stamp = 0;
  const uintptr_t high = StackEnd(&t->bounds, site.sp);
  e->depth = high != 0 && high == t->bounds.high && t->bounds.base > site.sp
                 ? t->bounds.base - site.sp
                 : 0;
  bool cut = false;
  e->frames = static_cast<uint16_t>(WalkInnermost(site, &t->bounds, kNestedFrames, e->stack, &cut));
  e->cut = cut;
  return e;
}

}  // namespace

void QueueAlloc(Thread* t, const Site& site, uint64_t address, uint64_t size, wire::Entry entry) {
  const uint64_t stamp = Stamp();
  NestedEvent* e = Reserve(t, site, wire::Record::kAlloc, entry);
  if (e == nullptr) return;
  e->address = address;
  e->size = size;
  e->stamp = stamp;
  e->ready.store(1, std::memory_order_release);
}

void QueueFree(Thread* t, const Site& site, uint64_t address, wire::Entry entry) {
  const uint64_t stamp = Stamp();
  NestedEvent* e = Reserve(t, site, wire::Record::kFree, entry);
  if (e == nullptr) return;
  e->address = address;
  e->stamp = stamp;
  e->ready.store(1, std::memory_order_release);
}

void QueueRealloc(Thread* t, const Site& site, uint64_t old_address, uint64_t old_stamp,
                  uint64_t address, uint64_t size, wire::Entry entry) {
  const uint64_t stamp = Stamp();
  NestedEvent* e = Reserve(t, site, wire::Record::kReallocFree, entry);
  if (e == nullptr) return;
  e->old_address = old_address;
  e->old_stamp = old_stamp;
  e->address = address;
  e->size = size;
  e->stamp = stamp;
  e->ready.store(1, std::memory_order_release);
}

void QueueFailed(Thread* t, const Site& site, uint64_t size, wire::Entry entry) {
  const uint64_t stamp = Stamp();
  NestedEvent* e = Reserve(t, site, wire::Record::kFailed, entry);
  if (e == nullptr) return;
  e->size = size;
  e->stamp = stamp;
  e->ready.store(1, std::memory_order_release);
}

void RecordTimedAlloc(Thread* t, const Site& site, void* p, size_t size, wire::Entry entry) {
  const uint64_t stamp = EventStamp(t);
  const uint32_t stack = CaptureStack(t, site);
  if (Room(t, 2)) {
    EmitAlloc(t, stack, reinterpret_cast<uintptr_t>(p), size, stamp, entry);
    EmitCost(t, p);
  }
  EndEvent(t, stamp);
}

void FreeTimed(Thread* t, const Site& site, void* p) {
  const uint64_t stamp = EventStamp(t);
  const uint32_t stack = free_stacks ? CaptureStack(t, site) : 0;
  const bool room = Room(t, 2);
  if (room) {
    EmitFree(t, stack, reinterpret_cast<uintptr_t>(p), stamp, wire::Record::kFree,
             wire::Entry::kFree);
  }
  // Kept even if the real call aborts the program.
  Publish(t);
  t->in_real = 1;
  {
    CostTimer timer(t);
    real.free(p);
  }
  t->in_real = 0;
  if (room) EmitCost(t, nullptr);
  EndEvent(t, stamp);
}

void RecordNestedEvent(Thread* t, const NestedEvent& e) {
  const uint32_t stack = InternFrames(t, e.stack, e.frames, e.cut, e.depth);
  switch (e.kind) {
    case wire::Record::kAlloc:
      EmitAlloc(t, stack, e.address, e.size, e.stamp, e.entry);
      break;
    case wire::Record::kFree:
      EmitFree(t, stack, e.address, e.stamp, wire::Record::kFree, e.entry);
      break;
    case wire::Record::kReallocFree:
      if (Room(t, 2)) {
        EmitFree(t, stack, e.old_address, e.old_stamp, wire::Record::kReallocFree, e.entry);
        EmitAlloc(t, stack, e.address, e.size, e.stamp, e.entry);
      }
      break;
    default:
      EmitFailed(t, stack, e.size, e.stamp, e.entry);
      break;
  }
  Publish(t);
}

}  // namespace allocprof
