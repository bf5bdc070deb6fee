// SPDX-License-Identifier: Apache-2.0
//
// One block of packed records, told event by event: the deltas are taken as preload/emit.h does.
// What it counted is kept apart from wire::BlockTotals, so that the two can be held against
// each other.
#pragma once

#include <cstdint>
#include <string>

#include "wire/codec.h"
#include "wire/format.h"

namespace allocprof::test {

struct BlockCounts {
  uint64_t events = 0, allocations = 0, frees = 0, reallocations = 0;
  uint64_t allocated_bytes = 0, failed = 0, definitions = 0;
  uint64_t first_stamp = 0, last_stamp = 0;
};

class BlockBuilder {
 public:
  BlockBuilder(uint32_t thread, uint64_t stamp, uint32_t next_id);

  // Returns the id that it defines; `parent` 0 is the outermost frame.
  uint32_t Define(uint32_t parent, uint64_t pc, uint64_t frame_bytes = 0, uint64_t depth = 0,
                  uint8_t flags = 0);
  void Deeper(uint32_t stack, uint64_t depth);
  void Alloc(uint32_t stack, uint64_t address, uint64_t size, uint64_t stamp,
             wire::Entry entry = wire::Entry::kMalloc);
  void Free(uint32_t stack, uint64_t address, uint64_t stamp,
            wire::Entry entry = wire::Entry::kFree);
  void ReallocFree(uint32_t stack, uint64_t address, uint64_t stamp,
                   wire::Entry entry = wire::Entry::kRealloc);
  void Failed(uint32_t stack, uint64_t size, uint64_t stamp,
              wire::Entry entry = wire::Entry::kMalloc);
  // Of the event before it.
  void Cost(uint64_t cost, uint64_t usable);
  // `flags` are wire::RegionFlag bits; no event.
  void Region(uint8_t flags, uint64_t name, uint64_t stamp);
  void Pool(wire::PoolOp operation, uint64_t name, uint32_t stack, uint64_t address, uint64_t size);
  // A record as it is; for kinds that no recorder writes yet.
  void Record(wire::Record kind, uint8_t aux, uint64_t f0, uint64_t f1, uint64_t f2, uint64_t f3);

  const std::string& bytes() const { return bytes_; }
  uint32_t thread() const { return thread_; }
  uint32_t next_id() const { return delta_.next_id; }
  const BlockCounts& counts() const { return counts_; }

 private:
  uint64_t StackField(uint32_t stack);
  uint64_t AddressField(uint64_t address);
  uint64_t StampField(uint64_t stamp);
  void Count(uint64_t stamp);

  uint32_t thread_;
  std::string bytes_;
  wire::DeltaState delta_;
  BlockCounts counts_;
};

}  // namespace allocprof::test
