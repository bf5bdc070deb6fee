// SPDX-License-Identifier: Apache-2.0
//
// One chunk's events, decoded and in time order. Hostile like the trace: what is not as it says is
// left out and told. Cost: 5 to 10 ns an event. Memory: 48 bytes an event, reused.
// Thread-safety: decoding reads the chunk only; several threads may decode at once.
#pragma once

#include <cstdint>
#include <vector>

#include "trace/trace.h"
#include "wire/block_reader.h"

namespace allocprof::trace {

struct DecodedChunk {
  // kDefine and kDeeper, in the order of the block.
  std::vector<wire::Event> stacks;
  // kAlloc, kFree, kReallocFree, kFailed and, behind the event that it tells of, kCost; by stamp.
  std::vector<wire::Event> events;
  wire::BlockTotals totals;
  bool readable = false;       // false: nothing of it could be decoded
  uint64_t skipped_kinds = 0;  // records of a kind that this version does not know
  std::vector<Damage> damage;

  // `process`: as a part of which trace they are wanted; nullptr: as recorded.
  void Decode(const Chunk& chunk, const Process* process = nullptr);

 private:
  void Damaged(const Chunk& chunk, const char* what);

  std::vector<uint8_t> packed_;
};

}  // namespace allocprof::trace
