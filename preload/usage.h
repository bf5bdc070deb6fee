// SPDX-License-Identifier: Apache-2.0
//
// What the kernel accounts to this process. Units: bytes, nanoseconds; 0 for what cannot be had
// (/proc is not there in a chroot). Cost: 3 us, most of it for /proc/self/statm.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace allocprof {

struct Usage {
  uint64_t resident;       // as top's RES
  uint64_t resident_file;  // of it, pages of files and shared memory
  uint64_t heap;           // that libc's malloc has got by brk
  uint64_t peak_resident;
  uint64_t minor_faults, major_faults;
  uint64_t user_ns, system_ns;
};

// Notes where the heap begins. REQUIRES: called before the first block is given out.
void NoteHeapStart();

Usage UsageNow();

// Processor time of the calling thread. Cost: 0.2 us.
uint64_t ThreadNanoseconds();

// Resident bytes of [low, low + n); 0 if not all of it is mapped. REQUIRES: on page bounds.
uint64_t ResidentIn(uintptr_t low, size_t n);

// The lowest resident page of [low, high), or `high`. REQUIRES: on page bounds.
uintptr_t LowestResident(uintptr_t low, uintptr_t high);

}  // namespace allocprof
