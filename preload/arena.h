// SPDX-License-Identifier: Apache-2.0
//
// The boot arena: memory for those who allocate before the real malloc is known (a dlsym that
// callocs, an early constructor). Owns 1 MiB of static memory, of which only what is used is ever
// touched; blocks are never given back, but free and realloc recognise them for ever.
// Thread-safety: lock-free (one atomic bump).
#pragma once

#include <stddef.h>

namespace allocprof {

// A zeroed block aligned to `align` (a power of two), or nullptr when the arena is full.
void* ArenaAllocate(size_t size, size_t align);

extern char arena_memory[];
inline constexpr size_t kArenaBytes = 1024 * 1024;

// True for a block of the arena. Two instructions: it runs in every free.
inline bool InArena(const void* p) {
  return static_cast<size_t>(static_cast<const char*>(p) - arena_memory) < kArenaBytes;
}

// The requested size of a block for which InArena is true.
size_t ArenaSize(const void* p);

}  // namespace allocprof
