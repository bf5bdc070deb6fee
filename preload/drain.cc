// SPDX-License-Identifier: Apache-2.0
#include "drain.h"

#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "cost.h"
#include "line.h"
#include "modules.h"
#include "options.h"
#include "process.h"
#include "switch.h"
#include "sys.h"
#include "thread.h"
#include "thread_record.h"
#include "timeline.h"
#include "trace_file.h"
#include "usage.h"
#include "wire/base64.h"
#include "wire/block_reader.h"

namespace allocprof {
namespace {

uint32_t BlockBytes() { return process->spool->ring_bytes / wire::kBlocksPerRing; }

uint8_t* BlockAt(wire::RingHeader* ring, uint64_t block) {
  return reinterpret_cast<uint8_t*>(ring) + wire::kSpoolPage +
         block % wire::kBlocksPerRing * BlockBytes();
}

// The one drainer of a ring. Waits while another thread drains it, at most for `tries` yields.
class Claim {
 public:
  Claim(wire::RingHeader* ring, int tries) : ring_(ring) {
    const uint32_t tid = sys::GetTid();
    for (; tries >= 0; tries--) {
      uint32_t nobody = 0;
      if (__atomic_compare_exchange_n(&ring->claim, &nobody, tid, false, __ATOMIC_ACQUIRE,
                                      __ATOMIC_RELAXED)) {
        held_ = true;
        return;
      }
      sys::Yield();
    }
  }
  ~Claim() {
    if (held_ && !keep_) __atomic_store_n(&ring_->claim, 0u, __ATOMIC_RELEASE);
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  bool held() const { return held_; }
  void Keep() { keep_ = true; }

 private:
  wire::RingHeader* ring_;
  bool held_ = false;
  bool keep_ = false;
};

void AddTotals(const wire::BlockTotals& b) {
  wire::SpoolHeader* s = process->spool;
  auto add = [](uint64_t* counter, uint64_t n) {
    __atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
  };
  add(&s->events, b.events);
  add(&s->allocations, b.allocations);
  add(&s->frees, b.frees);
  add(&s->reallocations, b.reallocations);
  add(&s->allocated_bytes, b.allocated_bytes);
  add(&s->failed, b.failed);
  add(&s->definitions, b.definitions);
  add(&s->chunks, 1);
}

wire::BlockHead HeadOf(wire::RingHeader* ring, uint64_t block) {
  wire::BlockHead head;
  memcpy(&head, BlockAt(ring, block), sizeof(head));
  return head;
}

// Of the first event of a block, behind the definitions of its stack; its base if there is none.
uint64_t FirstStamp(wire::RingHeader* ring, uint64_t block, uint32_t used) {
  wire::BlockReader reader(BlockAt(ring, block), used);
  wire::BlockTotals totals;
  for (wire::Event e; totals.events == 0 && reader.Next(&e);) totals.Add(e);
  return totals.events != 0 ? totals.first_stamp : reader.head().stamp;
}

// What a block holds. The owner counted while it wrote; for another thread's ring the records are
// decoded, since what its owner counts may be ahead of what it has published.
wire::BlockTotals TotalsOf(wire::RingHeader* ring, uint64_t block, uint32_t used) {
  const Thread* t = this_thread;
  if (t != nullptr && t->ring == ring && HeadOf(ring, block).thread == t->number) {
    wire::BlockTotals totals =
        block == t->block ? t->totals : t->finished[block % wire::kBlocksPerRing];
    totals.events = totals.allocations + totals.frees + totals.reallocations + totals.failed;
    totals.first_stamp = FirstStamp(ring, block, used);
    return totals;
  }
  wire::BlockReader reader(BlockAt(ring, block), used);
  wire::BlockTotals totals;
  for (wire::Event e; reader.Next(&e);) totals.Add(e);
  return totals;
}

void AddDropped(const wire::BlockTotals& b) {
  wire::BlockSums* d = &process->spool->dropped;
  auto add = [](uint64_t* counter, uint64_t n) {
    __atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
  };
  add(&d->events, b.events);
  add(&d->allocations, b.allocations);
  add(&d->frees, b.frees);
  add(&d->reallocations, b.reallocations);
  add(&d->allocated_bytes, b.allocated_bytes);
  add(&d->failed, b.failed);
}

// ALLOCPROF_MAX_SIZE: once a chunk does not fit, none is written any more, so that what is in the
// trace is all that happened up to a moment.
bool IsFull(size_t chunk_bytes) {
  if (options.MAX_SIZE == 0) return false;
  if (process->full.load(std::memory_order_relaxed) != 0) return true;
  const uint64_t size = __atomic_load_n(&process->spool->trace_offset, __ATOMIC_RELAXED);
  if (size + chunk_bytes <= options.MAX_SIZE) return false;
  if (process->full.exchange(1) == 0) {
    process->spool->full_stamp = Stamp();
    Say("the trace has reached ALLOCPROF_MAX_SIZE", process->trace_path,
        "events from here on are counted, not kept");
  }
  return true;
}

// Writes one block as a chunk line. False: it is not in the trace.
bool WriteChunk(wire::RingHeader* ring, uint64_t block, uint32_t used, char* buffer, size_t room,
                bool final) {
  const uint8_t* bytes = BlockAt(ring, block);
  const wire::BlockTotals totals = TotalsOf(ring, block, used);
  if (used <= sizeof(wire::BlockHead)) return true;
  if (IsFull(wire::Base64Size(used))) {
    CountLost(wire::Lost::kMaxSize, totals.events);
    AddDropped(totals);
    return true;
  }
  const uint64_t position = block * BlockBytes();
  Line line(buffer, room);
  line.Raw("{").Field("k", "chunk").Field("thread", HeadOf(ring, block).thread);
  line.Key("pos").Raw("[").Number(position).Raw(",").Number(position + used).Raw("]");
  line.Field("events", totals.events);
  line.Key("t").Raw("[").Number(totals.first_stamp).Raw(",").Number(totals.last_stamp).Raw("]");
  line.Key("data").Raw("\"");
  if (line.full() || line.room() < wire::Base64Size(used) + 8) return false;
  line.Advance(static_cast<size_t>(wire::EncodeBase64(bytes, used, line.cursor()) - line.cursor()));
  line.Raw("\"},\n");
  const bool written =
      final ? WriteTraceFinal(line.begin(), line.size()) : WriteTrace(line.begin(), line.size());
  if (written) {
    AddTotals(totals);
  } else if (process->full.load(std::memory_order_relaxed) != 0) {
    // Another thread found it full just now.
    CountLost(wire::Lost::kMaxSize, totals.events);
    AddDropped(totals);
    return true;
  }
  return written;
}

// Writes the finished blocks, and with `current` the one being filled. REQUIRES: claimed.
bool DrainRing(wire::RingHeader* ring, bool current, char* buffer, size_t room, bool final) {
  const uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
  const uint64_t last = head >> 32;
  for (uint64_t block = ring->tail; block <= last; block++) {
    if (block == last && !current) break;
    const auto used =
        block == last ? static_cast<uint32_t>(head) : ring->used[block % wire::kBlocksPerRing];
    if (used > BlockBytes()) return false;
    if (!WriteChunk(ring, block, used, buffer, room, final)) return false;
    __atomic_store_n(&ring->tail, block + 1, __ATOMIC_RELEASE);
  }
  return true;
}

// One drain on the accounts: by the stamp clock, and of the processor.
class DrainTimer {
 public:
  DrainTimer() : stamp_(Stamp()), ns_(ThreadNanoseconds()) {}
  ~DrainTimer() { Stop(); }
  void Stop() {
    if (stamp_ == 0) return;
    wire::SpoolHeader* s = process->spool;
    __atomic_fetch_add(&s->drain_cycles, Stamp() - stamp_, __ATOMIC_RELAXED);
    __atomic_fetch_add(&s->drain_ns, ThreadNanoseconds() - ns_, __ATOMIC_RELAXED);
    stamp_ = 0;
  }
  DrainTimer(const DrainTimer&) = delete;
  DrainTimer& operator=(const DrainTimer&) = delete;

 private:
  uint64_t stamp_;
  uint64_t ns_;
};

// No room in trace.json: gives up the oldest block, so that the ring holds the last events. Paths
// are defined anew from the next event on, since their definitions may be what is lost; not at
// once, for this may be called while a stack is being captured.
void DropOldest(Thread* t) {
  wire::RingHeader* ring = t->ring;
  const uint64_t block = ring->tail;
  const uint32_t used = ring->used[block % wire::kBlocksPerRing];
  CountLost(wire::Lost::kWindow, TotalsOf(ring, block, used).events);
  __atomic_store_n(&ring->tail, block + 1, __ATOMIC_RELEASE);
  t->forget = true;
  if (t->ready == kIdle) ArmCost(t, Stamp());
}

void BeginBlock(Thread* t) {
  t->block_start = BlockAt(t->ring, t->block);
  const uint64_t last = t->delta.stamp;
  const wire::BlockHead head{last != 0 ? last : Stamp(), t->delta.next_id, t->number};
  memcpy(t->block_start, &head, sizeof(head));
  t->cursor = t->block_start + sizeof(head);
  t->head_of_zero = (t->block << 32) - reinterpret_cast<uintptr_t>(t->block_start);
  t->limit = t->block_start + BlockBytes() - 8;  // the encoder stores whole words
  t->totals = wire::BlockTotals{};
  t->delta = wire::DeltaState{.stamp = head.stamp, .next_id = head.next_id};
}

}  // namespace

void CountBlock(Thread* t) {
  wire::BlockTotals& sum = t->counted;
  const wire::BlockTotals& b = t->totals;
  const auto add = [](uint64_t* to, uint64_t n) {
    __atomic_store_n(to, *to + n, __ATOMIC_RELAXED);  // others read it
  };
  add(&sum.allocations, b.allocations);
  add(&sum.frees, b.frees);
  add(&sum.reallocations, b.reallocations);
  add(&sum.allocated_bytes, b.allocated_bytes);
  add(&sum.failed, b.failed);
}

bool NextBlock(Thread* t) {
  if (t->ring == nullptr || t->ready == 0) return false;
  sys::SignalsBlocked blocked;
  wire::RingHeader* ring = t->ring;
  if (t->block_start != nullptr) {
    const uint64_t slot = t->block % wire::kBlocksPerRing;
    ring->used[slot] = static_cast<uint32_t>(t->cursor - t->block_start);
    t->totals.last_stamp = t->delta.stamp;
    t->finished[slot] = t->totals;
    CountBlock(t);
    t->block++;
    // The head moves into the new block, whose first bytes are written below: an empty one.
    __atomic_store_n(&ring->head, t->block << 32, __ATOMIC_RELEASE);
  }
  if (t->block - ring->tail >= wire::kBlocksPerRing) {
    DrainTimer timer;
    {
      Claim claim(ring, 1000);
      if (!claim.held()) {
        // Only the final drain holds it for longer: what comes now is after the end.
        StopThread(t);
        return false;
      }
      if (!DrainRing(ring, false, t->drain_buffer, sizeof(t->drain_buffer), false)) {
        if (process->closed.load(std::memory_order_acquire) != 0) {
          StopThread(t);
          return false;
        }
        if (t->block - ring->tail >= wire::kBlocksPerRing) DropOldest(t);
      }
    }
    RevalidateModules();
    t->last_drain = Stamp();
  }
  BeginBlock(t);
  return true;
}

void DrainOwn(Thread* t) {
  if (t->ring == nullptr || t->ready == 0 || t->block_start == nullptr) return;
  if (t->cursor == t->block_start + sizeof(wire::BlockHead)) return;
  sys::SignalsBlocked blocked;
  DrainTimer timer;
  t->totals.last_stamp = t->delta.stamp;
  {
    Claim claim(t->ring, 1000);
    if (!claim.held()) return;
    if (!DrainRing(t->ring, true, t->drain_buffer, sizeof(t->drain_buffer), false)) return;
    t->block++;
    __atomic_store_n(&t->ring->head, t->block << 32, __ATOMIC_RELEASE);
    CountBlock(t);
    BeginBlock(t);
  }
}

void DrainForReuse(Thread* t) {
  DrainTimer timer;
  Claim claim(t->ring, 1000);
  if (claim.held()) DrainRing(t->ring, true, t->drain_buffer, sizeof(t->drain_buffer), false);
}

void FinalDrain(wire::Ending ending, int status) {
  if (process == nullptr || process->state.load(std::memory_order_acquire) != State::kRecording ||
      process->pid != sys::GetPid()) {
    return;
  }
  sys::SignalsBlocked blocked;
  if (process->closed.exchange(1, std::memory_order_acq_rel) != 0) return;
  const uint64_t end_stamp = Stamp();
  wire::SpoolHeader* spool = process->spool;
  spool->exit_status = status;
  spool->ending = ending;
  __atomic_store_n(&spool->end_stamp, end_stamp, __ATOMIC_RELEASE);

  constexpr size_t room = wire::Base64Size(256 * 1024) + 4096;
  auto* buffer = static_cast<char*>(
      sys::MMap(room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (buffer == nullptr) return;

  DrainTimer timer;
  // Bounded: what does not come to rest within some 20 ms stays in the spool for the reader.
  bool whole = true;
  for (int tries = 0; process->writers.load(std::memory_order_acquire) != 0; tries++) {
    if (tries == 10000) {
      whole = false;
      break;
    }
    sys::Yield();
  }
  Thread* self = this_thread;
  for (Thread* t = process->threads.load(std::memory_order_acquire); t != nullptr && whole;
       t = t->next) {
    if (t->ring == nullptr) continue;
    // A hook in flight has taken its stamp but not published yet.
    for (int tries = 0;
         t != self && t->idle.load(std::memory_order_acquire) == kInHook && tries < 2000; tries++) {
      sys::Yield();
    }
    Claim claim(t->ring, 10000);
    whole = claim.held() && DrainRing(t->ring, true, buffer, room, true);
    claim.Keep();
    // One whose end was seen has been measured then; its stack may be another thread's now.
    if (t->free_for_reuse.load(std::memory_order_acquire) == 0) MeasureStack(t);
    WriteThreadRecord(t, buffer, room, true);
    CountPassed(t);
    __atomic_fetch_add(&spool->hook_cycles, t->hook_cycles, __ATOMIC_RELAXED);
  }
  if (self != nullptr) {
    StopThread(self);
  } else {
    CountPassed(nullptr);
  }
  timer.Stop();
  if (whole && WriteEndRecord(ending, status, end_stamp, buffer, room)) {
    CloseTrace();
    if (Is(options.VERBOSE, "on")) Say("recorded", exe_path, process->trace_path);
  }
  sys::MUnmap(buffer, room);
}

}  // namespace allocprof
