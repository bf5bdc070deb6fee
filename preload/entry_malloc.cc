// SPDX-License-Identifier: Apache-2.0
//
// The malloc family: the functions that the program calls instead of libc's. Each makes the real
// call, records it, and leaves errno as the real call left it (nothing here makes a libc call that
// sets it). Compiled with -ffixed-rbp -fomit-frame-pointer: rbp is the caller's on entry, and
// stays.
#include <errno.h>
#include <string.h>

#include "arena.h"
#include "cost.h"
#include "real.h"
#include "record.h"
#include "switch.h"
#include "thread.h"

namespace allocprof {
namespace {

inline uintptr_t CallerBp() {
  uintptr_t bp;
  asm volatile("mov %%rbp, %0" : "=r"(bp));
  return bp;
}

// The caller's state; only meaningful in the body of a hook itself.
#define ALLOCPROF_SITE                                                 \
  Site {                                                               \
    reinterpret_cast<uintptr_t>(__builtin_return_address(0)),          \
        reinterpret_cast<uintptr_t>(__builtin_dwarf_cfa()), CallerBp() \
  }
#define ALLOCPROF_HOOK extern "C" __attribute__((visibility("default"), noinline))

// The real function may be called. False only while ResolveReal itself allocates.
inline bool HaveReal() {
  return __builtin_expect(__atomic_load_n(&real.malloc, __ATOMIC_ACQUIRE) != nullptr, 1);
}

[[gnu::noinline]] void* EarlyRealloc(void* p, size_t size) {
  void* fresh = HaveReal() ? real.malloc(size) : ArenaAllocate(size, 16);
  if (fresh != nullptr && p != nullptr) {
    const size_t old = ArenaSize(p);
    memcpy(fresh, p, old < size ? old : size);
  }
  return fresh;
}

inline Mode Begin(const Site& site) {
  const Mode mode = Enter(site.sp, site.pc);
  if (mode == Mode::kMain || mode == Mode::kTimed) this_thread->in_real = 1;
  return mode;
}

// The real call; timed when it is this one's turn.
template <typename Call>
inline auto Really(Mode mode, const Call& call) {
  if (__builtin_expect(mode == Mode::kTimed, 0)) {
    CostTimer timer(this_thread);
    return call();
  }
  return call();
}

// After an allocation in any mode but kMain.
[[gnu::noinline]] void FinishRarely(Mode mode, const Site& site, void* p, size_t size,
                                    wire::Entry entry) {
  Thread* t = this_thread;
  if (mode == Mode::kTimed) {
    t->in_real = 0;
    if (p != nullptr) {
      RecordTimedAlloc(t, site, p, size, entry);
    } else {
      RecordFailed(t, site, size, entry);
    }
    Leave(t);
  } else if (mode == Mode::kNested) {
    if (p != nullptr) {
      QueueAlloc(t, site, reinterpret_cast<uintptr_t>(p), size, entry);
    } else {
      QueueFailed(t, site, size, entry);
    }
  } else if (mode == Mode::kOff && p != nullptr) {
    Pass(size);
  }
}

// After an allocation: records it, or its failure, and opens the guard.
[[gnu::always_inline]] inline void Finish(Mode mode, const Site& site, void* p, size_t size,
                                          wire::Entry entry) {
  if (__builtin_expect(mode != Mode::kMain, 0)) return FinishRarely(mode, site, p, size, entry);
  Thread* t = this_thread;
  t->in_real = 0;
  if (__builtin_expect(p != nullptr, 1)) {
    RecordAlloc(t, site, p, size, entry);
  } else {
    RecordFailed(t, site, size, entry);
  }
  Leave(t);
}

// A free in any mode but kMain.
[[gnu::noinline]] void FreeRarely(Mode mode, const Site& site, void* p) {
  Thread* t = this_thread;
  if (mode == Mode::kTimed) {
    FreeTimed(t, site, p);
    Leave(t);
    return;
  }
  if (mode == Mode::kNested) {
    QueueFree(t, site, reinterpret_cast<uintptr_t>(p), wire::Entry::kFree);
  } else if (mode == Mode::kOff && t != nullptr) {
    DiedWhileOff(reinterpret_cast<uintptr_t>(p), Stamp(), wire::Entry::kFree);
  }
  real.free(p);
}

[[gnu::noinline]] void* ReallocateWhileOff(void* p, size_t size, wire::Entry entry) {
  const auto old_address = reinterpret_cast<uintptr_t>(p);
  const uint64_t stamp = Stamp();
  void* fresh = real.realloc(p, size);
  if (fresh != nullptr) Pass(size);
  if (fresh != nullptr || size == 0) DiedWhileOff(old_address, stamp, entry);
  return fresh;
}

// realloc of a live block. Published only when it succeeded; a failed one leaves the old block as
// it was.
inline void* Reallocate(const Site& site, void* p, size_t size, wire::Entry entry) {
  const Mode mode = Begin(site);
  if (mode == Mode::kPass) return real.realloc(p, size);
  if (__builtin_expect(mode == Mode::kOff, 0)) return ReallocateWhileOff(p, size, entry);
  const auto old_address = reinterpret_cast<uintptr_t>(p);
  Thread* t = this_thread;
  const bool guarded = mode != Mode::kNested;
  const uint64_t old_stamp = guarded ? EventStamp(t) : Stamp();
  void* fresh = Really(mode, [=] { return real.realloc(p, size); });
  // To size zero: glibc frees and returns null; an allocator that returns a block has reallocated.
  const bool freed = fresh == nullptr && size == 0;
  if (guarded) {
    t->in_real = 0;
    if (__builtin_expect(fresh != nullptr, 1)) {
      RecordRealloc(t, site, old_address, old_stamp, fresh, size, entry, mode == Mode::kTimed);
    } else if (freed) {
      RecordFreeAt(t, site, old_address, old_stamp, entry);
    } else {
      RecordFailed(t, site, size, entry);
    }
    Leave(t);
  } else if (fresh != nullptr) {
    QueueRealloc(t, site, old_address, old_stamp, reinterpret_cast<uintptr_t>(fresh), size, entry);
  } else if (freed) {
    QueueFree(t, site, old_address, entry);
  } else {
    QueueFailed(t, site, size, entry);
  }
  return fresh;
}

inline void* ReallocOf(const Site& site, void* p, size_t size, wire::Entry entry) {
  if (__builtin_expect(InArena(p) || !HaveReal(), 0)) return EarlyRealloc(p, size);
  if (p == nullptr) {
    const Mode mode = Begin(site);
    void* fresh = Really(mode, [=] { return real.realloc(nullptr, size); });
    Finish(mode, site, fresh, size, entry);
    return fresh;
  }
  return Reallocate(site, p, size, entry);
}

}  // namespace
}  // namespace allocprof

using namespace allocprof;  // NOLINT: the hooks are global by nature

ALLOCPROF_HOOK void* malloc(size_t size) {
  const Site site = ALLOCPROF_SITE;
  const Mode mode = Begin(site);
  if (__builtin_expect(!HaveReal(), 0)) return ArenaAllocate(size, 16);
  void* p = Really(mode, [=] { return real.malloc(size); });
  Finish(mode, site, p, size, wire::Entry::kMalloc);
  return p;
}

ALLOCPROF_HOOK void* calloc(size_t count, size_t size) {
  const Site site = ALLOCPROF_SITE;
  const Mode mode = Begin(site);
  size_t bytes;
  const bool overflow = __builtin_mul_overflow(count, size, &bytes);
  if (__builtin_expect(!HaveReal(), 0)) return overflow ? nullptr : ArenaAllocate(bytes, 16);
  void* p = Really(mode, [=] { return real.calloc(count, size); });
  Finish(mode, site, p, overflow ? SIZE_MAX : bytes, wire::Entry::kCalloc);
  return p;
}

ALLOCPROF_HOOK void* realloc(void* p, size_t size) {
  return ReallocOf(ALLOCPROF_SITE, p, size, wire::Entry::kRealloc);
}

// libc's own would call realloc through the symbol that is ours, which would look like a signal
// handler's call.
ALLOCPROF_HOOK void* reallocarray(void* p, size_t count, size_t size) {
  const Site site = ALLOCPROF_SITE;
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    const Mode mode = Begin(site);
    Finish(mode, site, nullptr, SIZE_MAX, wire::Entry::kReallocarray);
    errno = ENOMEM;
    return nullptr;
  }
  return ReallocOf(site, p, bytes, wire::Entry::kReallocarray);
}

ALLOCPROF_HOOK void free(void* p) {
  if (p == nullptr || InArena(p)) return;
  const Site site = ALLOCPROF_SITE;
  const Mode mode = Enter(site.sp, site.pc);
  if (__builtin_expect(mode != Mode::kMain, 0)) return FreeRarely(mode, site, p);
  Thread* t = this_thread;
  RecordFree(t, site, p, wire::Entry::kFree);
  Leave(t);
  // No block but the arena's can exist before the real functions are known.
  real.free(p);
}

ALLOCPROF_HOOK int posix_memalign(void** out, size_t align, size_t size) {
  const Site site = ALLOCPROF_SITE;
  const Mode mode = Begin(site);
  if (__builtin_expect(!HaveReal(), 0)) {
    *out = ArenaAllocate(size, align);
    return *out != nullptr ? 0 : ENOMEM;
  }
  const int result = Really(mode, [=] { return real.posix_memalign(out, align, size); });
  Finish(mode, site, result == 0 ? *out : nullptr, size, wire::Entry::kPosixMemalign);
  return result;
}

#define ALLOCPROF_ALIGNED(name, entry)                                       \
  ALLOCPROF_HOOK void* name(size_t align, size_t size) {                     \
    const Site site = ALLOCPROF_SITE;                                        \
    const Mode mode = Begin(site);                                           \
    if (__builtin_expect(!HaveReal(), 0)) return ArenaAllocate(size, align); \
    void* p = Really(mode, [=] { return real.name(align, size); });          \
    Finish(mode, site, p, size, wire::Entry::entry);                         \
    return p;                                                                \
  }
ALLOCPROF_ALIGNED(aligned_alloc, kAlignedAlloc)
ALLOCPROF_ALIGNED(memalign, kMemalign)

#define ALLOCPROF_PAGES(name, entry)                                        \
  ALLOCPROF_HOOK void* name(size_t size) {                                  \
    const Site site = ALLOCPROF_SITE;                                       \
    const Mode mode = Begin(site);                                          \
    if (__builtin_expect(!HaveReal(), 0)) return ArenaAllocate(size, 4096); \
    void* p = Really(mode, [=] { return real.name(size); });                \
    Finish(mode, site, p, size, wire::Entry::entry);                        \
    return p;                                                               \
  }
ALLOCPROF_PAGES(valloc, kValloc)
ALLOCPROF_PAGES(pvalloc, kPvalloc)

// The hooks under names that no other definition can take: own_malloc.cc needs their addresses.
#define ALLOCPROF_SELF(name)                          \
  extern "C" __attribute__((alias(#name), copy(name), \
                            visibility("hidden"))) decltype(name) allocprof_##name;
ALLOCPROF_SELF(malloc)
ALLOCPROF_SELF(calloc)
ALLOCPROF_SELF(realloc)
ALLOCPROF_SELF(reallocarray)
ALLOCPROF_SELF(free)
ALLOCPROF_SELF(posix_memalign)
ALLOCPROF_SELF(aligned_alloc)
ALLOCPROF_SELF(memalign)
ALLOCPROF_SELF(valloc)
ALLOCPROF_SELF(pvalloc)
