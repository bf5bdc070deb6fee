// SPDX-License-Identifier: Apache-2.0
//
// mmap, munmap and mremap by the program, and by an allocator that is not libc's: counted, never
// touched. Each makes the real call and leaves its result and errno as they are. What libc maps for
// itself (its malloc's arenas and large blocks, thread stacks, the loader) does not come by here.
// Not followed: what a MAP_FIXED mapping replaces, and what was mapped by a raw system call.
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>

#include "process.h"
#include "real.h"
#include "sys.h"

#define ALLOCPROF_HOOK extern "C" __attribute__((visibility("default"), noinline))

namespace allocprof {
namespace {

using wire::MapTotals;

// The counters for a call from `caller`, or nullptr while nothing is recorded.
MapTotals* TotalsFor(void* caller) {
  if (process == nullptr || process->state.load(std::memory_order_acquire) != State::kRecording) {
    return nullptr;
  }
  const auto pc = reinterpret_cast<uintptr_t>(caller);
  const bool allocator =
      !real.allocator_is_libc && pc >= real.allocator_low && pc < real.allocator_high;
  return &process->spool->maps[static_cast<uint32_t>(allocator ? wire::Mapper::kAllocator
                                                               : wire::Mapper::kProgram)];
}

void Add(uint64_t* counter, uint64_t n) { __atomic_fetch_add(counter, n, __ATOMIC_RELAXED); }

uint64_t Pages(size_t bytes) { return (uint64_t{bytes} + 4095) & ~uint64_t{4095}; }

void Grew(MapTotals* totals, uint64_t bytes) {
  const uint64_t mapped = __atomic_add_fetch(&totals->mapped_bytes, bytes, __ATOMIC_RELAXED);
  const uint64_t unmapped = __atomic_load_n(&totals->unmapped_bytes, __ATOMIC_RELAXED);
  if (mapped <= unmapped) return;
  const uint64_t now = mapped - unmapped;
  uint64_t peak = __atomic_load_n(&totals->peak_bytes, __ATOMIC_RELAXED);
  while (peak < now && !__atomic_compare_exchange_n(&totals->peak_bytes, &peak, now, true,
                                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

// Before the real functions are known: as libc does it.
long Directly(long result) {
  if (!sys::Failed(result)) return result;
  errno = static_cast<int>(-result);
  return -1;
}

void* Map(void* caller, void* at, size_t n, int prot, int flags, int fd, long offset) {
  void* p = real.mmap != nullptr
                ? real.mmap(at, n, prot, flags, fd, offset)
                : reinterpret_cast<void*>(Directly(sys::Call(
                      SYS_mmap, sys::Word(at), static_cast<long>(n), prot, flags, fd, offset)));
  MapTotals* totals = TotalsFor(caller);
  if (p != MAP_FAILED && totals != nullptr) {
    Add(&totals->maps, 1);
    Grew(totals, Pages(n));
  }
  return p;
}

}  // namespace
}  // namespace allocprof

using namespace allocprof;  // NOLINT: the hooks are global by nature

ALLOCPROF_HOOK void* mmap(void* at, size_t n, int prot, int flags, int fd, long offset) {
  return Map(__builtin_return_address(0), at, n, prot, flags, fd, offset);
}

ALLOCPROF_HOOK void* mmap64(void* at, size_t n, int prot, int flags, int fd, long offset) {
  return Map(__builtin_return_address(0), at, n, prot, flags, fd, offset);
}

ALLOCPROF_HOOK int munmap(void* at, size_t n) {
  MapTotals* totals = TotalsFor(__builtin_return_address(0));
  const int result =
      real.munmap != nullptr
          ? real.munmap(at, n)
          : static_cast<int>(Directly(sys::Call(SYS_munmap, sys::Word(at), static_cast<long>(n))));
  if (result == 0 && totals != nullptr) {
    Add(&totals->unmaps, 1);
    Add(&totals->unmapped_bytes, Pages(n));
  }
  return result;
}

// The fifth argument is only there with MREMAP_FIXED; passed on unread in any case.
ALLOCPROF_HOOK void* mremap(void* at, size_t old_size, size_t new_size, int flags, ...) {
  va_list list;
  va_start(list, flags);
  void* const wanted = va_arg(list, void*);
  va_end(list);
  MapTotals* totals = TotalsFor(__builtin_return_address(0));
  void* p = real.mremap != nullptr ? real.mremap(at, old_size, new_size, flags, wanted)
                                   : reinterpret_cast<void*>(Directly(sys::Call(
                                         SYS_mremap, sys::Word(at), static_cast<long>(old_size),
                                         static_cast<long>(new_size), flags, sys::Word(wanted))));
  if (p != MAP_FAILED && totals != nullptr) {
    Add(&totals->remaps, 1);
    const uint64_t was = Pages(old_size), is = Pages(new_size);
    if (is > was) {
      Grew(totals, is - was);
    } else {
      Add(&totals->unmapped_bytes, was - is);
    }
  }
  return p;
}
