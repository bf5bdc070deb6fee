// SPDX-License-Identifier: Apache-2.0
//
// The recorded process: its trace, its spool, its threads and modules.
//
// Owns: one private page range marked MADV_WIPEONFORK, so that a forked child finds `state` zero
// (kNone) and starts afresh; and what stays across fork: the options and the names.
// Thread-safety: set up by one thread (CAS on `state`); afterwards atomics only.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <atomic>

#include "wire/spool.h"

namespace allocprof {

struct Thread;

inline constexpr uint32_t kMaxModules = 4096;
inline constexpr uint32_t kMaxNames = 4096;
inline constexpr size_t kPathMax = 4096;

struct Module {
  uintptr_t low, high;
  const void* link_map;
  const void* unwind;
  uint32_t id;
  std::atomic<uint32_t> unloaded;
  Module* next;
};

enum class State : uint32_t { kNone = 0, kStarting, kRecording, kOff };

struct Process {
  std::atomic<State> state;
  uint32_t pid;
  uint64_t start_ticks;
  wire::SpoolHeader* spool;  // never null while recording; anonymous if no file could be had
  bool spool_on_disk;
  std::atomic<uint32_t> closed;      // 1: the final drain has begun, nobody else writes any more
  std::atomic<uint32_t> full;        // ALLOCPROF_MAX_SIZE is reached
  std::atomic<uint32_t> ever_on;     // recording has been on, see switch.h
  std::atomic<uint32_t> marked_off;  // what the trace was told last
  std::atomic<uint32_t> writers;     // threads inside WriteTrace
  std::atomic<uint32_t> fd_claim;    // held by the one thread that reopens the trace
  int trace_fd;
  uint64_t trace_device, trace_inode;
  uint64_t first_stamp, first_ns;
  std::atomic<uint64_t> next_tick;
  std::atomic<Thread*> threads;
  std::atomic<Module*> modules;
  std::atomic<uint32_t> module_count;
  std::atomic<uint64_t> names[kMaxNames];  // hashes; the place is the id less one
  uint32_t forked_from;  // pid of the recorded parent, 0 for a root or after exec
  char trace_path[kPathMax];
  char spool_path[kPathMax + 8];
  Module module_memory[kMaxModules];
};

extern Process* process;  // wiped in a forked child; never moves
extern char exe_path[kPathMax];

// The first process of the recorded family: what a forked child keeps and ALLOCPROF_ROOT tells.
extern char root_output[kPathMax];  // absolute path of the root's trace
extern uint64_t root_pid, root_start_ticks;

// True when events can be recorded. Starts the recorder on first use; false while another thread
// starts it, when it stepped aside, or too early.
bool ProcessReady();

inline void CountLost(wire::Lost why, uint64_t n) {
  if (process != nullptr && process->spool != nullptr) {
    __atomic_fetch_add(&process->spool->lost[static_cast<uint32_t>(why)], n, __ATOMIC_RELAXED);
  }
}

// Prints "allocprof: ..." on stderr, once a call, unless stderr is closed.
void Say(const char* what, const char* about, const char* remedy);

}  // namespace allocprof
