// SPDX-License-Identifier: Apache-2.0
//
// One thread's recorder state, and the guard that its hooks pass through.
//
// Owns: the Thread block (private anonymous memory, MADV_WIPEONFORK: a forked child finds zeroes,
// which every fast path takes for "not ready", so no event of a child reaches the parent's ring),
// the thread's ring in the spool, and the queue for events of signal handlers that interrupt a
// hook. Thread-safety: only the owner touches its Thread, but for `next`, `ring` and `idle`, which
// the final drain reads.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <atomic>

#include "memo.h"
#include "shadow_stack.h"
#include "stack_walk.h"
#include "wire/base64.h"
#include "wire/block_reader.h"
#include "wire/codec.h"
#include "wire/spool.h"

namespace allocprof {

// Paths already defined in this thread's stream, by sets of one cache line, 128 KiB. A quarter of
// it is enough for interpreters and databases; a compiler thrashes whatever the size.
inline constexpr uint32_t kSeenSets = 2048;
inline constexpr uint32_t kSeenWays = 4;
struct alignas(64) SeenPaths {
  uint64_t hash[kSeenWays];
  uint32_t id[kSeenWays];  // 0: an empty place
  uint32_t oldest;         // modulo the ways
};

// An event of a signal handler that interrupted a hook of the same thread.
inline constexpr int kNestedFrames = 60;
inline constexpr uint32_t kNestedEvents = 64;
struct NestedEvent {
  std::atomic<uint32_t> ready;
  wire::Record kind;
  wire::Entry entry;
  uint16_t frames;
  bool cut;
  uint64_t address;
  uint64_t size;
  uint64_t stamp;
  uint64_t old_address;  // of a realloc, with its own stamp
  uint64_t old_stamp;
  uint64_t depth;
  Frame stack[kNestedFrames];
};

// Values of Thread::idle. All that a fast path must not do at once is told by another one than
// kIdle, so that it costs no test of its own.
inline constexpr uint32_t kNotReady = 0, kIdle = 1, kInHook = 2;
inline constexpr uint32_t kArmed = 3;  // in no hook; one of the next real calls is to be timed
inline constexpr uint32_t kOff = 4;    // in no hook; recording is switched off
inline constexpr uint32_t kDenied = 5;  // in no hook; what comes is to be told, see no_alloc.h

struct Thread {
  // Hot: read or written by every event.
  std::atomic<uint32_t> idle;     // kIdle: ready and in no hook. Anything else takes the slow path
  uint32_t ready;                 // what idle returns to: kNotReady once the trace has ended
  uint32_t in_real;               // inside the real allocator
  uint32_t until_stamp;           // events until the clock is read, while there is one thread
  uint32_t until_timed;           // of the events that read it: until one is timed
  std::atomic<bool> only_thread;  // no other thread has had a ring in this process
  uintptr_t hook_sp;              // sp of the outermost hook: tells an abandoned one
  uint8_t* cursor;                // in the ring's current block
  uint8_t* limit;
  wire::DeltaState delta;
  wire::BlockTotals totals;  // of the current block; events and stamps are set when it is drained
  uint64_t clock;            // as last read for an event
  uint64_t next_tick;        // stamp of the next sample for the timeline; 0 while a hook is timed
  wire::RingHeader* ring;
  uint64_t block;  // number of the current block
  uint8_t* block_start;
  uint64_t head_of_zero;  // what the ring's head were with a cursor of zero: head is this + cursor
  uint64_t path_seed;     // changes with the generation of loaded modules
  uint64_t depth_max;
  uint64_t hook_cycles;  // estimate: each timed hook counts for all since the last one
  uint64_t timed_since;  // stamp at the begin of the event being timed, or 0
  uint64_t last_drain;   // stamp at its end: a hook that drained is not timed
  uint32_t samples;      // how often a hook or a real call was chosen to be timed
  bool forget;           // the next event, found armed, forgets all paths first
  uint32_t cost_skip;    // while armed: events until the one whose real call is timed
  uint64_t cost;         // of the real call just timed, in stamp units

  StackBounds bounds;
  ShadowStack shadow;
  Memo memo;
  Walk walk;  // scratch of a plain walk
  SeenPaths seen[kSeenSets];

  std::atomic<uint32_t> nested_reserved;
  std::atomic<uint32_t> nested_lost;
  NestedEvent nested[kNestedEvents];

  // Cold.
  wire::BlockTotals finished[wire::kBlocksPerRing];  // of the blocks in the ring
  Thread* next;                                      // registry, newest first
  uint32_t number;                                   // in this trace, from 1
  uint32_t tid;
  uint64_t stack_limit;                       // bytes that the stack may grow to
  uint64_t stack_high_water;                  // bytes of it ever touched; 0 until measured
  uint64_t passed_allocations, passed_bytes;  // while recording was off, not yet in the spool
  wire::BlockTotals counted;  // of all blocks before the current one, of earlier owners too
  wire::BlockTotals counted_before;  // what of it was counted before this owner
  uint64_t denials;                  // open no-alloc and permit regions, innermost lowest: 1 denies
  uint32_t denial_depth;
  bool named;           // by the program, so that the kernel's name does not matter
  uint32_t key_rounds;                        // how often the key destructor has run
  std::atomic<uint32_t> free_for_reuse;
  char drain_buffer[wire::Base64Size(256 * 1024) + 1024];  // touched as far as blocks are large
};

extern __thread Thread* this_thread __attribute__((tls_model("initial-exec")));

// How an event of this call is to be recorded.
// kTimed is kMain with its real call timed. kOff: an allocation passes, a death is recorded by
// DiedWhileOff.
enum class Mode : uint8_t { kPass, kMain, kNested, kTimed, kOff };

Mode EnterSlow(uintptr_t sp, uintptr_t caller);
void LeaveNested(Thread* t);

// Every hook begins here: 1 ns. `sp` is the caller's sp, `caller` the return address.
inline Mode Enter(uintptr_t sp, uintptr_t caller) {
  Thread* t = this_thread;
  if (__builtin_expect(t == nullptr || t->idle.load(std::memory_order_relaxed) != kIdle, 0)) {
    return EnterSlow(sp, caller);
  }
  t->idle.store(kInHook, std::memory_order_relaxed);
  t->hook_sp = sp;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return Mode::kMain;
}

// What handlers queued meanwhile is recorded before the guard opens.
inline void Leave(Thread* t) {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (__builtin_expect(t->nested_reserved.load(std::memory_order_relaxed) != 0, 0)) {
    LeaveNested(t);
    return;
  }
  // A handler between the test and this store finds kInHook and queues one event late: it is
  // recorded when the next hook leaves.
  t->idle.store(t->ready, std::memory_order_release);
}

// Prepares the calling thread. Returns nullptr when it cannot be recorded (counted).
Thread* StartThread();

// The thread has defined no path, whatever it has. REQUIRES: no stack is being captured.
void ForgetPaths(Thread* t);

// Takes the calling thread out of service: its events pass through from now on.
void StopThread(Thread* t);

}  // namespace allocprof
