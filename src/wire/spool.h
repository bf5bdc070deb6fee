// SPDX-License-Identifier: Apache-2.0
//
// Layout of the spool, `trace.json.spool`: the MAP_SHARED file that holds what is not yet in
// trace.json. The kernel keeps it when the process dies, whatever the death, so the reader finds
// every published event there.
//
//   0           SpoolHeader                        one page
//   4096        module log: LogEntry + JSON line   kModuleLogBytes
//   ring 0      RingHeader (one page), ring_bytes of blocks
//   ring 1      ...                                ring_count of them, appended as threads come
//
// Writers: each ring its owner thread; the header's counters any thread, atomically. Readers: the
// final drain in process; the report, on a file that may be damaged in any way.
// All integers little endian; fields are only ever appended.
#pragma once

#include <stdint.h>

#include "wire/format.h"

namespace allocprof::wire {

inline constexpr char kSpoolMagic[8] = {'A', 'P', 'S', 'P', 'O', 'O', 'L', '1'};
inline constexpr uint32_t kSpoolPage = 4096;
inline constexpr uint32_t kModuleLogBytes = 64 * 1024;

// How the process ended, as far as the recorder saw it coming.
enum class Ending : uint32_t {
  kNone = 0,
  kExit = 1,
  kUnderscoreExit = 2,
  kQuickExit = 3,
  kExec = 4
};

// Why events are missing from a trace. One counter each; shown by name in every report.
enum class Lost : uint32_t {
  kNoRing = 0,    // no memory for a thread's ring
  kNested = 1,    // more events in signal handlers than fit behind one interrupted hook
  kWindow = 2,    // trace not writable any more: only the last events are kept
  kStarting = 3,  // before the recorder was ready, or in a thread being set up
  kMaxSize = 4,   // ALLOCPROF_MAX_SIZE reached
  kCount = 5,
};
inline constexpr const char* kLostNames[] = {"no_ring", "nested", "window", "starting", "max_size"};
static_assert(sizeof(kLostNames) / sizeof(kLostNames[0]) == static_cast<uint32_t>(Lost::kCount));

// Whether the process is to record, in SpoolHeader::control. A thread looks at the word once in 256
// events while it records, and at every call while it does not.
enum class Control : uint32_t { kOn = 0, kOff = 1 };

struct BlockSums {
  uint64_t events;
  uint64_t allocations;
  uint64_t frees;
  uint64_t reallocations;
  uint64_t allocated_bytes;
  uint64_t failed;
};

// Who called mmap, munmap or mremap: the allocator itself is told apart where it is another one
// than libc's, whose own calls nobody sees.
enum class Mapper : uint32_t { kProgram = 0, kAllocator = 1 };

// Successful calls, and bytes in whole pages.
struct MapTotals {
  uint64_t maps;
  uint64_t unmaps;
  uint64_t remaps;
  uint64_t mapped_bytes;    // by mmap, and by mremap what it grew
  uint64_t unmapped_bytes;  // by munmap, and by mremap what it shrank
  uint64_t peak_bytes;      // largest difference of the two
};

struct SpoolHeader {
  char magic[8];
  uint32_t version;     // kFormatMajor
  uint32_t ring_bytes;  // blocks of one ring together; a block is a quarter of it
  uint32_t pid;
  uint32_t ring_count;    // rings in this file; grows
  uint64_t start_ticks;   // field 22 of /proc/pid/stat: with pid, names the process for ever
  uint64_t trace_device;  // the trace.json that this spool belongs to
  uint64_t trace_inode;
  uint64_t trace_offset;  // next free byte of trace.json; advanced by atomic add, then pwrite
  uint64_t module_log_used;
  uint64_t end_stamp;  // 0 while running; events stamped later are ignored
  Ending ending;
  int32_t exit_status;
  uint32_t threads;  // threads numbered so far
  uint32_t window;   // 1: draining has stopped, rings keep the last events
  // Totals of what was drained into trace.json; the end record repeats them.
  uint64_t events;
  uint64_t allocations;
  uint64_t frees;
  uint64_t reallocations;
  uint64_t allocated_bytes;
  uint64_t failed;
  uint64_t definitions;
  uint64_t chunks;
  // Own cost. Cycles are in units of the stamp clock.
  uint64_t drain_cycles;
  uint64_t hook_cycles;  // estimate: one hook in 1024 is timed and counted 1024 times
  uint64_t mapped_bytes;
  uint64_t lost[8];  // by Lost
  // Unwinding.
  uint64_t stacks_cut;  // ended by a rule that the native walk does not know
  uint64_t verified;    // stacks compared with libunwind, and found different
  uint64_t different;
  // Written by `allocprof start` and `stop`, read by hooks: see Control.
  uint32_t control;
  uint32_t reserved;
  // What was done while recording was off, or after the trace was full.
  uint64_t passed_allocations;
  uint64_t passed_bytes;
  uint64_t full_stamp;     // when ALLOCPROF_MAX_SIZE was reached, 0: it was not
  BlockSums dropped;       // of the blocks that the full trace did not take
  MapTotals maps[2];       // by Mapper
  uint64_t drain_ns;       // processor time of the drains
  uint64_t verified_part;  // of the stacks verified: those compared as far as unwind tables reach
};
static_assert(sizeof(SpoolHeader) <= kSpoolPage);

// A JSON record line in the module log. `ready` is written last.
struct LogEntry {
  uint32_t bytes;  // of the text that follows, which is padded to 8
  uint32_t ready;
};

struct RingHeader {
  uint64_t head;                  // (block number << 32) | bytes used in it: published per event
  uint64_t tail;                  // first block number not yet in trace.json
  uint32_t used[kBlocksPerRing];  // bytes used in each finished block
  uint32_t claim;                 // tid of the one thread that drains, or 0
  uint32_t thread;                // the owner's number in this trace, from 1; 0 = never used
  uint32_t tid;
  uint32_t exiting;  // the owner's key destructor has run
  char name[16];
  uint64_t stack_low;
  uint64_t stack_high;
  uint64_t depth_max;
  uint64_t start_stamp;
};
static_assert(sizeof(RingHeader) <= kSpoolPage);

inline constexpr uint64_t RingOffset(uint32_t ring_bytes, uint64_t index) {
  return kSpoolPage + kModuleLogBytes + index * (uint64_t{kSpoolPage} + ring_bytes);
}

}  // namespace allocprof::wire
