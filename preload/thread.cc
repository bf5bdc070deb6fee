// SPDX-License-Identifier: Apache-2.0
#include "thread.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "capture.h"
#include "clock.h"
#include "drain.h"
#include "emit.h"
#include "no_alloc.h"
#include "process.h"
#include "real.h"
#include "record.h"
#include "spool_file.h"
#include "switch.h"
#include "sys.h"
#include "thread_record.h"
#include "trace_file.h"
#include "unwind_libunwind.h"

namespace allocprof {

__thread Thread* this_thread = nullptr;

namespace {

// Set while this thread sets up process or thread state: allocations made by that work pass
// through and are never counted as the program's.
__thread bool setting_up __attribute__((tls_model("initial-exec"))) = false;

pthread_key_t exit_key;
std::atomic<uint32_t> exit_key_state{0};  // 0 none, 1 being made, 2 there

// Runs when the thread ends, among other libraries' destructors, in any order: re-arms itself for
// as many rounds as there are, and drains each time. What a thread frees after the last round still
// goes to its ring, which waits for its tid to be gone.
void ThreadExits(void* argument) {
  auto* t = static_cast<Thread*>(argument);
  if (t != this_thread || t->ready == 0) return;
  if (!EnterEvenIfOff(t, reinterpret_cast<uintptr_t>(__builtin_frame_address(0)))) return;
  t->key_rounds++;
  DrainOwn(t);
  if (t->key_rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
    pthread_setspecific(exit_key, t);
  }
  if (t->key_rounds == 1) {
    MeasureStack(t);
    WriteThreadRecord(t, t->drain_buffer, sizeof(t->drain_buffer), false);
  }
  CountPassed(t);
  t->ring->exiting = 1;
  t->free_for_reuse.store(1, std::memory_order_release);
  Leave(t);
}

void ArmExitKey(Thread* t) {
  uint32_t none = 0;
  if (exit_key_state.compare_exchange_strong(none, 1)) {
    exit_key_state.store(pthread_key_create(&exit_key, ThreadExits) == 0 ? 2 : 0);
  }
  if (exit_key_state.load() == 2) pthread_setspecific(exit_key, t);
}

// A Thread whose owner is gone; its last events are written first.
Thread* ReuseThread() {
  const uint32_t own = sys::GetTid();
  for (Thread* t = process->threads.load(std::memory_order_acquire); t != nullptr; t = t->next) {
    if (t->free_for_reuse.load(std::memory_order_acquire) != 1) continue;
    if (t->tid != own && !sys::ThreadIsGone(process->pid, t->tid)) continue;
    uint32_t free_one = 1;
    if (!t->free_for_reuse.compare_exchange_strong(free_one, 0)) continue;
    DrainForReuse(t);
    return t;
  }
  return nullptr;
}

Thread* NewThread() {
  void* p = sys::MMap(sizeof(Thread), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == nullptr) return nullptr;
  if (sys::MAdvise(p, sizeof(Thread), MADV_WIPEONFORK) != 0) {
    sys::MUnmap(p, sizeof(Thread));
    return nullptr;
  }
  __atomic_fetch_add(&process->spool->mapped_bytes, sizeof(Thread), __ATOMIC_RELAXED);
  return static_cast<Thread*>(p);
}

void Register(Thread* t) {
  t->next = process->threads.load(std::memory_order_relaxed);
  while (!process->threads.compare_exchange_weak(t->next, t, std::memory_order_release)) {
  }
}

void FillThread(Thread* t) {
  wire::SpoolHeader* spool = process->spool;
  ForgetPaths(t);
  if (t->block_start != nullptr) CountBlock(t);  // of the owner before
  t->totals = wire::BlockTotals{};
  t->counted_before = t->counted;
  t->denials = t->denial_depth = 0;
  t->named = false;
  t->number = __atomic_add_fetch(&spool->threads, 1u, __ATOMIC_RELAXED);
  t->tid = sys::GetTid();
  t->key_rounds = 0;
  t->until_stamp = 16;
  t->clock = Stamp();
  // Chance, so that threads of a few events have their share of the samples, and no more.
  t->until_timed = 1 + (t->clock >> 3 & (t->number == 1 ? 15 : 255));
  t->timed_since = 0;
  t->only_thread.store(t->number == 1, std::memory_order_relaxed);
  t->memo.oracle = libunwind_walks || libunwind_verifies ? 1 : 0;
  t->depth_max = 0;
  t->stack_high_water = 0;
  t->passed_allocations = t->passed_bytes = 0;
  // Of the owner before, if there was one.
  __atomic_fetch_add(&spool->hook_cycles, t->hook_cycles, __ATOMIC_RELAXED);
  t->hook_cycles = 0;
  t->last_drain = 0;
  t->samples = 0;
  t->in_real = 0;
  t->nested_reserved.store(0, std::memory_order_relaxed);
  t->delta = wire::DeltaState{.next_id = 1};
  t->next_tick = process->next_tick.load(std::memory_order_relaxed);
  const bool main_thread = t->tid == process->pid;
  FindStack(&t->bounds, main_thread);
  t->stack_limit = t->bounds.base - t->bounds.low;
  rlimit limit;
  if (main_thread && sys::Call(SYS_prlimit64, 0, RLIMIT_STACK, 0, sys::Word(&limit)) == 0) {
    t->stack_limit = limit.rlim_cur == RLIM_INFINITY ? 0 : limit.rlim_cur;
  }

  wire::RingHeader* ring = t->ring;
  ring->tid = t->tid;
  ring->exiting = 0;
  ring->depth_max = 0;
  ring->stack_low = t->bounds.low;
  ring->stack_high = t->bounds.base;
  ring->start_stamp = Stamp();
  sys::ThreadName(ring->name);
  if (ring->thread != 0) {  // reused: goes on at the block after its last
    t->block = ring->head >> 32;
    ring->used[t->block % wire::kBlocksPerRing] = static_cast<uint32_t>(ring->head);
    t->block++;
  } else {
    t->block = 0;
  }
  ring->head = t->block << 32;
  __atomic_store_n(&ring->thread, t->number, __ATOMIC_RELEASE);
  t->block_start = nullptr;
}

Thread* StartThreadGuarded() {
  if (!ProcessReady() || process->closed.load(std::memory_order_acquire) != 0) return nullptr;
  if (NeverOn()) return nullptr;
  Thread* t = this_thread;  // not null: a forked child's, wiped
  bool known = false;
  if (t == nullptr) {
    t = ReuseThread();
    known = t != nullptr;
    if (t == nullptr) t = NewThread();
    if (t == nullptr) {
      CountLost(wire::Lost::kNoRing, 1);
      return nullptr;
    }
  }
  if (t->ring == nullptr) t->ring = NewRing();
  if (t->ring == nullptr) {
    CountLost(wire::Lost::kNoRing, 1);
    return nullptr;
  }
  FillThread(t);
  if (!known) Register(t);
  if (t->number > 1) {
    for (Thread* o = process->threads.load(std::memory_order_acquire); o != nullptr; o = o->next) {
      o->only_thread.store(false, std::memory_order_relaxed);
    }
  }
  t->ready = kIdle;
  NextBlock(t);
  this_thread = t;
  WriteThreadRecord(t, t->drain_buffer, sizeof(t->drain_buffer), false);
  ArmExitKey(t);
  return t;
}

// A hook that never left: a handler jumped out of it. We are the same thread, on its own stack, in
// a frame that encloses the one of that hook.
bool IsAbandoned(Thread* t, uintptr_t sp) {
  if (sp <= t->hook_sp || sp < t->bounds.low || sp >= t->bounds.high) return false;
  if (t->hook_sp < t->bounds.low || t->hook_sp >= t->bounds.high) return false;
  stack_t alternative;
  return sys::Call(SYS_sigaltstack, 0, sys::Word(&alternative)) != 0 ||
         (alternative.ss_flags & SS_ONSTACK) == 0;
}

// What the abandoned hook wrote was not published; paths it remembered may not be defined.
void Recover(Thread* t) {
  ForgetPaths(t);
  t->in_real = 0;
  const uint64_t head = t->ring->head;
  if (head >> 32 == t->block && t->block_start != nullptr) {
    const auto used = static_cast<uint32_t>(head);
    t->cursor = t->block_start + (used < sizeof(wire::BlockHead) ? sizeof(wire::BlockHead) : used);
  }
  NextBlock(t);
}

}  // namespace

Thread* StartThread() {
  if (setting_up) return nullptr;
  setting_up = true;
  Thread* t;
  {
    sys::SignalsBlocked blocked;
    t = StartThreadGuarded();
  }
  setting_up = false;
  return t;
}

void ForgetPaths(Thread* t) {
  memset(t->seen, 0, sizeof(t->seen));
  t->shadow.count = 0;
  t->memo.Clear();
  t->forget = false;
}

void StopThread(Thread* t) {
  t->ready = kNotReady;
  t->idle.store(kNotReady, std::memory_order_release);
}

Mode EnterSlow(uintptr_t sp, uintptr_t caller) {
  Thread* t = this_thread;
  if (t == nullptr || t->ready == 0) {
    if (t != nullptr && process->state.load(std::memory_order_acquire) == State::kRecording) {
      return Mode::kPass;  // the trace has ended
    }
    if (t == nullptr && NeverOn()) return Mode::kOff;
    t = StartThread();
    if (t == nullptr) return Mode::kPass;
    if (IsOff()) {
      SwitchOff(t);
      t->idle.store(t->ready, std::memory_order_release);
      return Mode::kOff;
    }
    t->idle.store(kInHook, std::memory_order_relaxed);
    t->hook_sp = sp;
    return Mode::kMain;
  }
  if (t->idle.load(std::memory_order_relaxed) == kArmed) {
    t->idle.store(kInHook, std::memory_order_relaxed);
    t->hook_sp = sp;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (t->forget) ForgetPaths(t);
    if (t->cost_skip != 0) {
      t->cost_skip--;
      return Mode::kMain;
    }
    t->ready = kIdle;
    return Mode::kTimed;
  }
  if (t->idle.load(std::memory_order_relaxed) == kDenied) {
    t->idle.store(kInHook, std::memory_order_relaxed);
    t->hook_sp = sp;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (t->forget) ForgetPaths(t);
    TellViolation(t, caller);
    return Mode::kMain;
  }
  if (t->idle.load(std::memory_order_relaxed) == kOff) {
    if (IsOff()) return Mode::kOff;
    t->idle.store(kInHook, std::memory_order_relaxed);
    t->hook_sp = sp;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    SwitchOn(t);
    return Mode::kMain;
  }
  if (t->in_real != 0 && !real.allocator_is_libc && caller >= real.allocator_low &&
      caller < real.allocator_high) {
    return Mode::kPass;  // the allocator calling itself
  }
  if (setting_up) return Mode::kPass;
  if (IsAbandoned(t, sp)) {
    Recover(t);
    t->hook_sp = sp;
    return Mode::kMain;
  }
  return Mode::kNested;
}

void LeaveNested(Thread* t) {
  // What handlers queued has exact stamps: the events after it must not repeat an older one.
  t->until_stamp = 1;
  // Handlers may queue more while this runs: only an unchanged count may be reset.
  uint32_t done = 0;
  for (;;) {
    const uint32_t reserved = t->nested_reserved.load(std::memory_order_acquire);
    for (; done < reserved && done < kNestedEvents; done++) {
      NestedEvent& e = t->nested[done];
      if (e.ready.exchange(0, std::memory_order_acquire) != 0) RecordNestedEvent(t, e);
    }
    uint32_t expected = reserved;
    if (t->nested_reserved.compare_exchange_strong(expected, 0)) {
      if (reserved > kNestedEvents) CountLost(wire::Lost::kNested, reserved - kNestedEvents);
      break;
    }
  }
  t->idle.store(t->ready, std::memory_order_release);
}

}  // namespace allocprof
