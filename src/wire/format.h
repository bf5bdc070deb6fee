// SPDX-License-Identifier: Apache-2.0
//
// Constants of the trace format, shared by recorder and reader. FORMAT.md is the specification;
// the two change together. Freestanding: only <stdint.h>/<stddef.h>.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace allocprof::wire {

inline constexpr int kFormatMajor = 1;
inline constexpr int kFormatMinor = 1;

// Kind of a packed record: low three bits of its first byte. Zero is never written, so that
// zeroed memory is not a record.
enum class Record : uint8_t {
  kNone = 0,
  kAlloc = 1,        // stack, size, address, stamp; aux = Entry
  kFree = 2,         // stack, address, stamp; aux = Entry
  kReallocFree = 3,  // as kFree: the death half of a realloc, its kAlloc follows in the same chunk
  kDefine = 4,       // parent, pc, frame bytes, depth + 1; aux = NodeFlag bits; the id is implicit
  kFailed = 5,       // stack, size, stamp; aux = Entry
  kDeeper = 6,       // stack, depth: a known stack was met at a greater depth than defined
  kExtended = 7,     // aux = Extended
};

// Which function of the malloc family was called: the aux bits of an allocation or free.
enum class Entry : uint8_t {
  kMalloc = 0,
  kCalloc = 1,
  kRealloc = 2,
  kReallocarray = 3,
  kPosixMemalign = 4,
  kAlignedAlloc = 5,
  kMemalign = 6,
  kValloc = 7,
  kPvalloc = 8,
  kFree = 9,
};

// Sub-kind of a kExtended record. A reader skips those that it does not know.
enum class Extended : uint8_t {
  kCost = 1,    // cost, usable size: of the real call behind the event before it
  kRegion = 2,  // RegionFlag bits, name, stamp: the thread enters or leaves a region
  kPool = 3,    // stack, size, name * 4 + PoolOp, address: what a program says of its own allocator
};

enum RegionFlag : uint8_t {
  kRegionEnd = 1,      // of the innermost one of that name
  kRegionNoAlloc = 2,  // allocations and frees in it are violations
  kRegionPermit = 4,   // but not in this one
};

enum class PoolOp : uint8_t { kAlloc = 0, kFree = 1, kReset = 2 };

// What a kDefine says of its frame, in the aux bits.
enum NodeFlag : uint8_t {
  kNodeVariable =
      1,             // frame size varies by call (alloca, VLA, realigned): frame bytes are a sample
  kNodeExactPc = 2,  // interrupted by a signal: pc is the instruction itself, not a return address
  kNodeGuessed = 4,  // reached by the frame pointer, for want of unwind tables
  kNodeCutBelow = 8,  // the walk ended here although the stack goes on (see EndReason)
};

// Pseudo pc of the node that stands for frames left out of a stack that was too deep.
inline constexpr uint64_t kCutPc = 1;

// Depth of a kDefine whose frame lies right below its parent: the parent's depth plus the frame
// bytes. The field of the record is the depth plus one, so this one takes no byte.
inline constexpr uint64_t kDepthFollows = ~uint64_t{0};

// Positions are bytes; a block of the ring is the unit of draining and decodes alone.
inline constexpr uint32_t kBlocksPerRing = 4;
inline constexpr uint32_t kMaxRecordBytes = 2 + 4 * 8;

// First bytes of each block, before its records. Little endian.
struct BlockHead {
  uint64_t stamp;    // base of the stamp deltas
  uint32_t next_id;  // id that the first kDefine of this block gets
  uint32_t thread;   // the thread's number in this trace
};
static_assert(sizeof(BlockHead) == 16);

}  // namespace allocprof::wire
