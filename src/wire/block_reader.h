// SPDX-License-Identifier: Apache-2.0
//
// Decodes one block of packed records into events with absolute values: the one place that undoes
// the deltas, used by the reader and by the recorder's drain (which needs a block's totals).
// The bytes are hostile: nothing outside [bytes, bytes + n) is read, and a record that is none ends
// the block with `damaged`. Cost: 2 ns a record.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire/codec.h"
#include "wire/format.h"

namespace allocprof::wire {

struct Event {
  Record kind;
  Entry entry;       // allocations and frees
  uint8_t flags;     // kDefine: NodeFlag
  uint32_t stack;    // id in the thread's own numbering; kDefine: the id being defined
  uint32_t parent;   // kDefine: 0 = outermost
  uint64_t address;  // kDefine: pc
  uint64_t size;     // kDefine: frame bytes
  uint64_t stamp;    // kDefine, kDeeper: of the event before
  uint64_t depth;    // kDefine (kDepthFollows: see there), kDeeper
  // Of a kExtended record `flags` is the sub-kind. kCost tells of the event before it, whose entry,
  // stack, address and stamp it repeats: `size` is what the allocator gave (0: not known, or a
  // free), `depth` the cost in stamp units. kRegion: `size` RegionFlag bits, `address` the name's
  // id. kPool, of the event before: `depth` the name's id * 4 + PoolOp.
};

class BlockReader {
 public:
  BlockReader(const uint8_t* bytes, size_t n) : at_(bytes), end_(bytes + n) {
    if (n < sizeof(BlockHead)) {
      damaged_ = true;
      at_ = end_;
      return;
    }
    memcpy(&head_, bytes, sizeof(head_));
    at_ += sizeof(head_);
    state_.stamp = head_.stamp;
    state_.next_id = head_.next_id;
  }

  const BlockHead& head() const { return head_; }
  bool damaged() const { return damaged_; }

  bool Next(Event* e) {
    if (at_ == end_) return false;
    Fields r;
    at_ = DecodeRecord(at_, end_, &r);
    if (at_ == nullptr) {
      damaged_ = true;
      at_ = end_;
      return false;
    }
    *e = Event{};
    e->kind = r.kind;
    switch (r.kind) {
      case Record::kAlloc:
        Stack(e, r.f[0]);
        e->size = r.f[1];
        Address(e, r.f[2]);
        Time(e, r.f[3]);
        e->entry = entry_ = static_cast<Entry>(r.aux);
        break;
      case Record::kFree:
      case Record::kReallocFree:
        Stack(e, r.f[0]);
        Address(e, r.f[1]);
        Time(e, r.f[2]);
        e->entry = entry_ = static_cast<Entry>(r.aux);
        break;
      case Record::kFailed:
        Stack(e, r.f[0]);
        e->size = r.f[1];
        Time(e, r.f[2]);
        e->entry = entry_ = static_cast<Entry>(r.aux);
        break;
      case Record::kDefine:
        e->stack = state_.next_id++;
        e->parent = r.f[0] == 0 ? 0 : e->stack - static_cast<uint32_t>(r.f[0]);
        state_.pc += static_cast<uint64_t>(UnZigZag(r.f[1]));
        e->address = state_.pc;
        e->size = r.f[2];
        e->depth = r.f[3] - 1;
        e->flags = r.aux;
        e->stamp = state_.stamp;
        break;
      case Record::kDeeper:
        Stack(e, r.f[0]);
        e->depth = r.f[1];
        e->stamp = state_.stamp;
        break;
      case Record::kExtended:
        e->flags = r.aux;
        if (r.aux == static_cast<uint8_t>(Extended::kCost)) {
          e->entry = entry_;
          e->stack = state_.stack;
          e->address = state_.address;
          e->stamp = state_.stamp;
          e->depth = r.f[0];
          e->size = r.f[1];
        } else if (r.aux == static_cast<uint8_t>(Extended::kRegion)) {
          e->size = r.f[0];
          e->address = r.f[1];
          Time(e, r.f[2]);
        } else if (r.aux == static_cast<uint8_t>(Extended::kPool)) {
          e->stack = static_cast<uint32_t>(r.f[0]);
          e->size = r.f[1];
          e->depth = r.f[2];
          e->address = r.f[3];
          e->stamp = state_.stamp;
        }
        break;
      default:
        break;
    }
    return true;
  }

 private:
  void Stack(Event* e, uint64_t field) {
    state_.stack += static_cast<uint32_t>(UnZigZag(field));
    e->stack = state_.stack;
  }
  void Address(Event* e, uint64_t field) {
    state_.address = UnpackAddress(field, state_.address);
    e->address = state_.address;
  }
  void Time(Event* e, uint64_t field) {
    state_.stamp += static_cast<uint64_t>(UnZigZag(field));
    e->stamp = state_.stamp;
  }

  const uint8_t* at_;
  const uint8_t* end_;
  BlockHead head_{};
  DeltaState state_;
  Entry entry_ = Entry::kMalloc;  // of the last event
  bool damaged_ = false;
};

// What a block holds, for the chunk line and the totals of the end record.
struct BlockTotals {
  uint64_t events = 0;  // allocations + frees (a realloc is one of each) + failed calls
  uint64_t allocations = 0;
  uint64_t frees = 0;          // by free
  uint64_t reallocations = 0;  // death halves; their births are among the allocations
  uint64_t allocated_bytes = 0;
  uint64_t failed = 0;
  uint64_t definitions = 0;
  uint64_t first_stamp = 0;
  uint64_t last_stamp = 0;

  void Add(const Event& e) {
    switch (e.kind) {
      case Record::kAlloc:
        allocations++;
        allocated_bytes += e.size;
        break;
      case Record::kFree:
        frees++;
        break;
      case Record::kReallocFree:
        reallocations++;
        break;
      case Record::kFailed:
        failed++;
        break;
      case Record::kDefine:
        definitions++;
        return;
      default:
        return;
    }
    events++;
    if (first_stamp == 0 || e.stamp < first_stamp) first_stamp = e.stamp;
    if (e.stamp > last_stamp) last_stamp = e.stamp;
  }
};

}  // namespace allocprof::wire
