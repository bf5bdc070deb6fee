// SPDX-License-Identifier: Apache-2.0
//
// Writes records into the thread's ring. Each function makes room first, since a new block resets
// the deltas; nothing is published until Publish.
// REQUIRES, throughout: inside the guard, thread ready.
#pragma once

#include <stdint.h>

#include "drain.h"
#include "thread.h"
#include "wire/codec.h"

namespace allocprof {

// Room for `records` whole records in one block. False when the thread lost its ring (a signal
// handler forked under us, or the trace ended): the record is dropped.
inline bool Room(Thread* t, uint32_t records) {
  if (__builtin_expect(t->cursor + records * wire::kMaxRecordBytes > t->limit, 0)) {
    return NextBlock(t);
  }
  return true;
}

inline uint64_t StackField(Thread* t, uint32_t stack) {
  const auto delta = static_cast<int32_t>(stack - t->delta.stack);
  t->delta.stack = stack;
  return wire::ZigZag(delta);
}

inline uint64_t AddressField(Thread* t, uint64_t address) {
  const uint64_t field = wire::PackAddress(address, t->delta.address);
  t->delta.address = address;
  return field;
}

inline uint64_t StampField(Thread* t, uint64_t stamp) {
  const uint64_t field = wire::ZigZag(static_cast<int64_t>(stamp - t->delta.stamp));
  t->delta.stamp = stamp;
  return field;
}

[[gnu::always_inline]] inline void EmitAlloc(Thread* t, uint32_t stack, uint64_t address,
                                             uint64_t size, uint64_t stamp, wire::Entry entry) {
  if (!Room(t, 1)) return;
  t->totals.allocations++;
  t->totals.allocated_bytes += size;
  const uint64_t f0 = StackField(t, stack), f2 = AddressField(t, address);
  t->cursor = wire::EncodeRecord(t->cursor, wire::Record::kAlloc, static_cast<uint8_t>(entry), f0,
                                 size, f2, StampField(t, stamp));
}

[[gnu::always_inline]] inline void EmitFree(Thread* t, uint32_t stack, uint64_t address,
                                            uint64_t stamp, wire::Record kind, wire::Entry entry) {
  if (!Room(t, 1)) return;
  (kind == wire::Record::kFree ? t->totals.frees : t->totals.reallocations)++;
  const uint64_t f0 = StackField(t, stack), f1 = AddressField(t, address);
  t->cursor = wire::EncodeRecord(t->cursor, kind, static_cast<uint8_t>(entry), f0, f1,
                                 StampField(t, stamp), 0);
}

inline void EmitFailed(Thread* t, uint32_t stack, uint64_t size, uint64_t stamp,
                       wire::Entry entry) {
  if (!Room(t, 1)) return;
  t->totals.failed++;
  const uint64_t f0 = StackField(t, stack);
  t->cursor = wire::EncodeRecord(t->cursor, wire::Record::kFailed, static_cast<uint8_t>(entry), f0,
                                 size, StampField(t, stamp), 0);
}

// Defines the next id and returns it. `depth` may be wire::kDepthFollows.
inline uint32_t EmitDefine(Thread* t, uint32_t parent, uint64_t pc, uint32_t bytes, uint64_t depth,
                           uint32_t flags) {
  if (!Room(t, 1)) return 0;
  t->totals.definitions++;
  const uint32_t id = t->delta.next_id++;
  const uint64_t pc_field = wire::ZigZag(static_cast<int64_t>(pc - t->delta.pc));
  t->delta.pc = pc;
  t->cursor = wire::EncodeRecord(t->cursor, wire::Record::kDefine, static_cast<uint8_t>(flags),
                                 parent == 0 ? 0 : id - parent, pc_field, bytes, depth + 1);
  return id;
}

// One store in memory that outlives the process: from here on the events before it are kept.
inline void Publish(Thread* t) {
  if (__builtin_expect(t->ring == nullptr, 0)) return;
  __atomic_store_n(&t->ring->head, t->head_of_zero + reinterpret_cast<uintptr_t>(t->cursor),
                   __ATOMIC_RELEASE);
}

}  // namespace allocprof
