// SPDX-License-Identifier: Apache-2.0
//
// What a program says of itself: regions, marks, names of threads, its own pools; and what it asks.
// Each call takes the guard like a hook. One that comes from a signal handler amid a hook is
// dropped. Compiled as the hooks are: a pool's call captures its caller's stack.
#include <string.h>

#include "capture.h"
#include "client_api.h"
#include "clock.h"
#include "emit.h"
#include "line.h"
#include "names.h"
#include "no_alloc.h"
#include "process.h"
#include "record.h"
#include "switch.h"
#include "thread.h"
#include "trace_file.h"

namespace allocprof {
namespace {

// The calling thread, inside the guard; nullptr when nothing is recorded of it now.
Thread* EnterClient(uintptr_t sp) {
  Thread* t = this_thread;
  if (t == nullptr || t->ready == kNotReady) {
    if (t != nullptr && process->state.load(std::memory_order_acquire) == State::kRecording) {
      return nullptr;  // the trace has ended
    }
    t = StartThread();
    if (t == nullptr) return nullptr;
    if (IsOff()) SwitchOff(t);
    t->idle.store(t->ready, std::memory_order_relaxed);
  }
  return EnterEvenIfOff(t, sp) ? t : nullptr;
}

#define ALLOCPROF_SP reinterpret_cast<uintptr_t>(__builtin_dwarf_cfa())

void EmitRegion(Thread* t, const char* name, uint32_t flags) {
  const uint32_t id = NameId(name);
  if (!Room(t, 1)) return;
  const uint64_t stamp = Stamp();
  t->cursor = wire::EncodeRecord(t->cursor, wire::Record::kExtended,
                                 static_cast<uint8_t>(wire::Extended::kRegion), flags, id,
                                 StampField(t, stamp), 0);
  t->until_stamp = 1;  // what comes next is later than this, and not of one stamp with it
  Publish(t);
}

void Enter(const char* name, uint32_t flags) {
  Thread* t = EnterClient(ALLOCPROF_SP);
  if (t == nullptr) return;
  flags &= wire::kRegionNoAlloc | wire::kRegionPermit;
  EmitRegion(t, name, flags);
  if (flags != 0) EnterDenial(t, (flags & wire::kRegionPermit) != 0);
  Leave(t);
}

void LeaveRegion(const char* name, uint32_t flags) {
  Thread* t = EnterClient(ALLOCPROF_SP);
  if (t == nullptr) return;
  flags &= wire::kRegionNoAlloc | wire::kRegionPermit;
  EmitRegion(t, name, flags | wire::kRegionEnd);
  if (flags != 0) LeaveDenial(t);
  Leave(t);
}

void Mark(const char* name) {
  Thread* t = EnterClient(ALLOCPROF_SP);
  if (t == nullptr) return;
  char buffer[2048];
  Line line(buffer, sizeof(buffer));
  line.Raw("{").Field("k", "mark").Field("t", Stamp()).Key("name");
  line.String(name, strnlen(name, 256)).Raw("},\n");
  WriteTrace(line.begin(), line.size());
  Leave(t);
}

void NameThread(const char* name) {
  Thread* t = EnterClient(ALLOCPROF_SP);
  if (t == nullptr) return;
  if (t->ring != nullptr) {
    const size_t n = strnlen(name, sizeof(t->ring->name) - 1);
    memset(t->ring->name, 0, sizeof(t->ring->name));
    memcpy(t->ring->name, name, n);
    t->named = true;
  }
  Leave(t);
}

// This thread follows at once, the others within their next 256 events.
void Record(int on) {
  if (!ProcessReady()) return;
  const auto word = static_cast<uint32_t>(on != 0 ? wire::Control::kOn : wire::Control::kOff);
  __atomic_store_n(&process->spool->control, word, __ATOMIC_RELAXED);
  Thread* t = EnterClient(ALLOCPROF_SP);
  if (t == nullptr) return;
  if (on == 0) {
    SwitchOff(t);
  } else if (t->ready == kOff) {
    SwitchOn(t);
  }
  Leave(t);
}

// What another thread is doing at the moment may be counted or not.
void Add(const Thread* t, ClientCounters* sum) {
  const auto read = [](const uint64_t& n) { return __atomic_load_n(&n, __ATOMIC_RELAXED); };
  for (const wire::BlockTotals* b : {&t->counted, &t->totals}) {
    sum->allocations += read(b->allocations);
    sum->allocated_bytes += read(b->allocated_bytes);
    sum->frees += read(b->frees);
    sum->reallocations += read(b->reallocations);
    sum->failed += read(b->failed);
  }
}

void CountAll(int whole_process, ClientCounters* counters) {
  *counters = {};
  if (process == nullptr || process->state.load(std::memory_order_acquire) != State::kRecording) {
    return;
  }
  if (whole_process != 0) {
    for (const Thread* t = process->threads.load(std::memory_order_acquire); t != nullptr;
         t = t->next) {
      Add(t, counters);
    }
  } else if (const Thread* t = this_thread; t != nullptr && t->ready != kNotReady) {
    Add(t, counters);
    counters->allocations -= t->counted_before.allocations;
    counters->allocated_bytes -= t->counted_before.allocated_bytes;
    counters->frees -= t->counted_before.frees;
    counters->reallocations -= t->counted_before.reallocations;
    counters->failed -= t->counted_before.failed;
  }
}

[[gnu::noinline]] void Pool(const char* name, uint32_t operation, const void* block, size_t size) {
  uintptr_t bp;
  asm volatile("mov %%rbp, %0" : "=r"(bp));
  const Site site{reinterpret_cast<uintptr_t>(__builtin_return_address(0)), ALLOCPROF_SP, bp};
  if (operation > static_cast<uint32_t>(wire::PoolOp::kReset)) return;
  Thread* t = EnterClient(site.sp);
  if (t == nullptr) return;
  if (t->ready != kOff) {
    const uint32_t id = NameId(name);
    const uint32_t stack = CaptureStack(t, site);
    if (Room(t, 1)) {
      t->cursor = wire::EncodeRecord(t->cursor, wire::Record::kExtended,
                                     static_cast<uint8_t>(wire::Extended::kPool), stack, size,
                                     uint64_t{id} * 4 + operation,
                                     reinterpret_cast<uintptr_t>(block));
      Publish(t);
    }
  }
  Leave(t);
}

constexpr ClientApi kApi = {sizeof(ClientApi), Enter,  LeaveRegion, Mark,
                            NameThread,        Record, CountAll,    Pool};

}  // namespace
}  // namespace allocprof

extern "C" __attribute__((visibility("default"))) const allocprof::ClientApi* allocprof_client(
    uint32_t version) {
  return version == allocprof::kClientVersion ? &allocprof::kApi : nullptr;
}
