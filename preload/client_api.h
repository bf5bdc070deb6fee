// SPDX-License-Identifier: Apache-2.0
//
// What allocprof_client hands to a recorded program: the other side of
// src/client/include/allocprof/allocprof.h, which is to be usable by itself. A test compares the two.
// Members are appended, never changed: `bytes` tells how many there are.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace allocprof {

inline constexpr uint32_t kClientVersion = 1;

struct ClientCounters {
  uint64_t allocations, allocated_bytes, frees, reallocations, failed;
};

struct ClientApi {
  size_t bytes;
  void (*enter)(const char* name, uint32_t flags);
  void (*leave)(const char* name, uint32_t flags);
  void (*mark)(const char* name);
  void (*name_thread)(const char* name);
  void (*record)(int on);
  void (*count)(int whole_process, ClientCounters* counters);
  void (*pool)(const char* name, uint32_t operation, const void* block, size_t size);
};

}  // namespace allocprof

// The table if its version is `version`, else a null pointer.
extern "C" const allocprof::ClientApi* allocprof_client(uint32_t version);
