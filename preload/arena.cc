// SPDX-License-Identifier: Apache-2.0
#include "arena.h"

#include <stdint.h>
#include <atomic>

namespace allocprof {

alignas(4096) char arena_memory[kArenaBytes];

namespace {
std::atomic<size_t> used{0};
}  // namespace

void* ArenaAllocate(size_t size, size_t align) {
  if (align < 16) align = 16;
  if (size > kArenaBytes || align > kArenaBytes) return nullptr;
  const size_t need = ((size + 15) & ~size_t{15}) + align + 16;
  const size_t at = used.fetch_add(need, std::memory_order_relaxed);
  if (at > kArenaBytes || need > kArenaBytes - at) return nullptr;
  // The size stands in the word before the block, so that realloc can copy.
  uintptr_t block = reinterpret_cast<uintptr_t>(arena_memory + at) + 16;
  block = (block + align - 1) & ~(uintptr_t{align} - 1);
  reinterpret_cast<size_t*>(block)[-1] = size;
  return reinterpret_cast<void*>(block);
}

size_t ArenaSize(const void* p) { return static_cast<const size_t*>(p)[-1]; }

}  // namespace allocprof
