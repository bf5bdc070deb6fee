// SPDX-License-Identifier: Apache-2.0
#include "switch.h"

#include "clock.h"
#include "emit.h"
#include "line.h"
#include "no_alloc.h"
#include "options.h"
#include "record.h"
#include "sys.h"
#include "trace_file.h"

namespace allocprof {
namespace {

// Of a thread that was never set up: counted in lots, so that a word in shared memory is not fought
// for; what is left at the thread's end is not counted.
constexpr uint64_t kLot = 256;
__thread uint64_t passed_allocations __attribute__((tls_model("initial-exec"))) = 0;
__thread uint64_t passed_bytes __attribute__((tls_model("initial-exec"))) = 0;

void AddPassed(uint64_t* allocations, uint64_t* bytes) {
  __atomic_fetch_add(&process->spool->passed_allocations, *allocations, __ATOMIC_RELAXED);
  __atomic_fetch_add(&process->spool->passed_bytes, *bytes, __ATOMIC_RELAXED);
  *allocations = *bytes = 0;
}

// The trace says once when recording went off or on; threads follow within their next events.
void Mark(bool off) {
  uint32_t other = off ? 0 : 1;
  if (!process->marked_off.compare_exchange_strong(other, off ? 1 : 0)) return;
  char buffer[128];
  Line line(buffer, sizeof(buffer));
  line.Raw("{").Field("k", "mark").Field("t", Stamp()).Field("what", off ? "off" : "on");
  line.Raw("},\n");
  WriteTrace(line.begin(), line.size());
}

}  // namespace

void BeginAsOption() {
  if (Is(options.START, "off")) {
    process->spool->control = static_cast<uint32_t>(wire::Control::kOff);
    Mark(true);
    if (!process->spool_on_disk) {
      Say("recording cannot be switched on", process->spool_path,
          "no shared file can be made there: set ALLOCPROF_OUTPUT to another place");
    }
  } else {
    process->ever_on.store(1, std::memory_order_relaxed);
  }
}

bool NeverOn() {
  if (process == nullptr || process->state.load(std::memory_order_acquire) != State::kRecording ||
      process->ever_on.load(std::memory_order_relaxed) != 0) {
    return false;
  }
  if (IsOff()) return true;
  process->ever_on.store(1, std::memory_order_relaxed);
  Mark(false);
  return false;
}

void SwitchOff(Thread* t) {
  t->ready = kOff;
  Mark(true);
}

void SwitchOn(Thread* t) {
  t->ready = IsDenied(t) ? kDenied : kIdle;
  if (t->forget) ForgetPaths(t);
  t->until_stamp = 1;  // deaths meanwhile had exact stamps: what comes now is later than they
  CountPassed(t);
  Mark(false);
}

void Pass(size_t size) {
  Thread* t = this_thread;
  if (t != nullptr) {
    t->passed_bytes += size;
    if (++t->passed_allocations >= kLot) CountPassed(t);
    return;
  }
  passed_bytes += size;
  if (++passed_allocations >= kLot && process != nullptr && process->spool != nullptr) {
    AddPassed(&passed_allocations, &passed_bytes);
  }
}

bool EnterEvenIfOff(Thread* t, uintptr_t sp) {
  const uint32_t idle = t->idle.load(std::memory_order_relaxed);
  if (idle == kNotReady || idle == kInHook) return false;
  t->idle.store(kInHook, std::memory_order_relaxed);
  t->hook_sp = sp;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return true;
}

void DiedWhileOff(uintptr_t address, uint64_t stamp, wire::Entry entry) {
  Thread* t = this_thread;
  if (t == nullptr || !EnterEvenIfOff(t, reinterpret_cast<uintptr_t>(__builtin_frame_address(0)))) {
    return;
  }
  EmitFree(t, 0, address, stamp, wire::Record::kFree, entry);
  EndEvent(t, stamp);
  Leave(t);
}

void CountPassed(Thread* t) {
  if (t == this_thread && passed_allocations != 0) AddPassed(&passed_allocations, &passed_bytes);
  if (t != nullptr && t->passed_allocations != 0)
    AddPassed(&t->passed_allocations, &t->passed_bytes);
}

}  // namespace allocprof
