// SPDX-License-Identifier: Apache-2.0
//
// The functions that ours stand in front of: the next definition in the search order, so that a
// jemalloc or tcmalloc below us still serves; or the one before ours, which the program calls in
// our stead. Resolved once, before the first event. Thread-safety: written by ResolveReal only;
// read-only afterwards, kept across fork.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace allocprof {

struct Real {
  void* (*malloc)(size_t);
  void* (*calloc)(size_t, size_t);
  void* (*realloc)(void*, size_t);
  void (*free)(void*);
  int (*posix_memalign)(void**, size_t, size_t);
  void* (*aligned_alloc)(size_t, size_t);
  void* (*memalign)(size_t, size_t);
  void* (*valloc)(size_t);
  void* (*pvalloc)(size_t);
  size_t (*usable_size)(void*);  // of the same allocator, else null
  void* (*mmap)(void*, size_t, int, int, int, long);
  int (*munmap)(void*, size_t);
  void* (*mremap)(void*, size_t, size_t, int, ...);
  int (*dlclose)(void*);
  void (*quick_exit)(int);
  int (*execve)(const char*, char* const*, char* const*);
  int (*execvpe)(const char*, char* const*, char* const*);
  int (*execveat)(int, const char*, char* const*, char* const*, int);
  int (*fexecve)(int, char* const*, char* const*);

  // Where the real malloc lives. An allocator other than libc's may call the public malloc from
  // inside itself; a call from this range, nested in a hook, is the allocator's own.
  uintptr_t allocator_low;
  uintptr_t allocator_high;
  bool allocator_is_libc;
  const char* allocator_path = "";  // of its module; empty for the program itself
  bool interposed;                  // the program's calls of malloc come to us
  uintptr_t stack_end;              // __libc_stack_end: the main thread's sp at the program's entry
};

extern Real real;

// Returns false if there is no malloc to forward to. May itself be called through malloc: callers
// that come back while it runs are served from the arena.
bool ResolveReal();

}  // namespace allocprof
