// SPDX-License-Identifier: Apache-2.0
//
// What a trace tells beside its events: the memory and time that the kernel accounted to the
// process, what it mapped by itself, and what was done without being recorded.
//
// Units: bytes, nanoseconds, stamps. Sources: the samples and marks, then the end record, or the
// spool of a process that had no orderly end (which knows no processor time).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "wire/spool.h"

namespace allocprof::trace {

struct Sample {
  uint64_t stamp = 0;
  uint64_t ns = 0;
  uint64_t rss = 0;            // 0 = not known
  uint64_t resident_file = 0;  // of rss, pages of files and shared memory
  uint64_t heap = 0;           // what libc's malloc had got by brk
  uint64_t mapped = 0;         // by the program's own mmap, munmap and mremap
  uint64_t minor_faults = 0, major_faults = 0;
};

// Recording was switched off, or on again.
struct Switch {
  uint64_t stamp = 0;
  bool off = false;
};

struct Resources {
  std::vector<Switch> switches;                       // in time order
  uint64_t passed_allocations = 0, passed_bytes = 0;  // while it was off
  uint64_t full_stamp = 0;    // when ALLOCPROF_MAX_SIZE was reached; 0: it was not
  wire::BlockSums dropped{};  // after that
  wire::MapTotals mapped_by_program{}, mapped_by_allocator{};
  bool usage_known = false;  // the end record is there, and has it: what follows
  uint64_t user_ns = 0, system_ns = 0;
  uint64_t peak_resident = 0;
  uint64_t recorder_anonymous = 0, recorder_file = 0;  // resident at the end; file: of the spool
};

// Members that are missing or mistyped read as zero.
Sample ParseSample(const nlohmann::json& record);
bool ParseSwitch(const nlohmann::json& record, Resources* out);
void ParseResources(const nlohmann::json& end, Resources* out);
void ReadResources(const wire::SpoolHeader& head, Resources* out);

}  // namespace allocprof::trace
