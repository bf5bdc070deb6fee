// SPDX-License-Identifier: Apache-2.0
#include "model/block_replay.h"

#include <algorithm>
#include <utility>

namespace allocprof::model {

using wire::Event;
using wire::Record;

namespace {

// How many events ahead the table's cell is fetched, and the block.
constexpr ptrdiff_t kFar = 16, kNear = 8;

bool IsRealloc(wire::Entry entry) {
  return entry == wire::Entry::kRealloc || entry == wire::Entry::kReallocarray;
}

}  // namespace

BlockReplay::BlockReplay(const trace::Trace& trace, StackTree* stacks, SiteSplit split,
                         const Window& window, bool threaded)
    : trace_(trace),
      owners_(trace),
      window_(window),
      teller_(trace, stacks, split),
      queue_([this](BlockBatch* batch) { teller_.Tell(batch); }, threaded) {
  window_.to = std::min(window_.to, trace.last_stamp());
}

bool BlockReplay::ThreadPays(const trace::Trace& trace) {
  constexpr size_t kChunks = 16;
  return trace.chunks.size() >= kChunks && std::thread::hardware_concurrency() > 1;
}

// What is live now is old; so are the reallocs that are under way.
void BlockReplay::Begin() {
  Flush();
  queue_.Drain();
  begun_ = true;
  live_.MakeOld();
  for (Thread& t : threads_) t.reallocs_before = t.reallocs.size();
  teller_.Start(live_.Blocks());
}

uint32_t BlockReplay::IndexOf(uint32_t number) {
  if (last_thread_ < thread_numbers_.size() && thread_numbers_[last_thread_] == number)
    return last_thread_;
  const auto [it, fresh] =
      thread_index_.try_emplace(number, static_cast<uint32_t>(thread_numbers_.size()));
  if (fresh) {
    thread_numbers_.push_back(number);
    queue_.batch().new_threads.push_back(number);
    threads_.emplace_back();
    if (owners_.several()) owners_.AddThread(number);
  }
  return last_thread_ = it->second;
}

// A batch's events come behind its definitions.
void BlockReplay::Change(uint32_t number, const Event& e) {
  const uint32_t thread = IndexOf(number);
  if (queue_.batch().filled != 0 || queue_.batch().definitions.size() == BlockBatch::kEvents) {
    Flush();
  }
  queue_.batch().definitions.push_back({thread, e});
}

void BlockReplay::Define(uint32_t number, const Event& e) { Change(number, e); }
void BlockReplay::Deeper(uint32_t number, const Event& e) { Change(number, e); }

void BlockReplay::OnEvents(uint32_t number, const Event* first, const Event* last) {
  const uint32_t thread = IndexOf(number);
  for (const Event* e = first; e != last; e++) {
    if (last - e > kFar) live_.WillFind(e[kFar].address);
    if (last - e > kNear) live_.WillTake(e[kNear].address);
    if (!begun_ && e->stamp >= window_.from) Begin();
    if (e->stamp > window_.to) return;
    switch (e->kind) {
      case Record::kAlloc:
        Birth(thread, *e);
        break;
      case Record::kFree:
      case Record::kReallocFree:
        Death(thread, *e);
        break;
      case Record::kExtended:
        Extended(thread, *e);
        break;
      default:
        Failed(thread, *e);
        break;
    }
  }
}

BlockEvent& BlockReplay::Add(BlockEvent::Kind kind, uint32_t thread, const Event& e) {
  if (queue_.batch().filled == BlockBatch::kEvents) Flush();
  BlockBatch& batch = queue_.batch();
  BlockEvent& event = batch.events[batch.filled++];
  event.kind = kind;
  event.entry = e.entry;
  event.moment.stamp = e.stamp;
  event.moment.allocations = allocations_;
  event.moment.stack.thread = thread;
  event.moment.stack.id = e.stack;
  return event;
}

void BlockReplay::Flush() {
  BlockBatch& batch = queue_.batch();
  if (batch.empty()) return;
  batch.told = begun_;
  if (batch.filled != 0) last_ = batch.events[batch.filled - 1];
  queue_.Submit();
}

void BlockReplay::Birth(uint32_t thread, const Event& e) {
  Thread& t = threads_[thread];
  allocations_++;
  LiveSet::Place place = live_.Find(e.address);
  if (place.slot != kNoSlot) {
    // Its free is not in the trace (lost, or by someone we do not see).
    BlockEvent& lost = Add(BlockEvent::Kind::kDeath, thread, e);
    lost.block = live_.At(place.slot);
    lost.death = {DeathCause::kLost, false};
    if (owners_.several()) owners_.Remove(lost.block);
    live_.Remove(place);
    place = live_.Find(e.address);
  }
  BlockEvent& event = Add(BlockEvent::Kind::kBirth, thread, e);
  event.reallocated_from = nullptr;
  Block& block = event.block;
  block.address = e.address;
  block.size = e.size;
  block.born = e.stamp;
  block.number = allocations_;
  block.thread = thread;
  block.stack = e.stack;
  block.slot = kNoSlot;
  block.entry = e.entry;
  block.old = false;
  block.region = 0;
  if (IsRealloc(e.entry) && !t.reallocs.empty()) {
    const Block& from = t.reallocs.back();
    if (from.slot != kNoSlot) {
      block.slot = from.slot;
      // The halves of one realloc on both sides of the window's beginning: a birth in it.
      if (t.reallocs.size() > t.reallocs_before) {
        event.reallocated_from = &queue_.batch().reallocated.emplace_back(from);
      }
    }
    t.reallocs.pop_back();
    t.reallocs_before = std::min(t.reallocs_before, t.reallocs.size());
  }
  block.slot = live_.Insert(block, place).slot;
  if (owners_.several()) owners_.Add(block);
  t.last_address = e.address;
}

void BlockReplay::Death(uint32_t thread, const Event& e) {
  Thread& t = threads_[thread];
  const bool by_realloc = e.kind == Record::kReallocFree;
  const LiveSet::Place place = live_.Find(e.address);
  if (place.slot == kNoSlot) {
    // A realloc of a block we never saw is an allocation like any other.
    if (by_realloc) t.reallocs.push_back({.address = e.address});
    Add(BlockEvent::Kind::kUnknownFree, thread, e).block.address = e.address;
    return;
  }
  BlockEvent& event = Add(BlockEvent::Kind::kDeath, thread, e);
  event.block = live_.At(place.slot);
  if (owners_.several()) owners_.Remove(event.block);
  if (by_realloc) {
    event.death = {DeathCause::kRealloc, false};
    t.reallocs.push_back(event.block);
    live_.Detach(place);
    return;
  }
  const bool is_last = t.last_address == e.address;
  event.death = {DeathCause::kFree, is_last && event.block.thread == thread};
  if (is_last) t.last_address = 0;
  live_.Remove(place);
}

void BlockReplay::Failed(uint32_t thread, const Event& e) {
  Block& asked = Add(BlockEvent::Kind::kFailed, thread, e).block;
  asked = Block{};
  asked.size = e.size;
  asked.thread = thread;
  asked.stack = e.stack;
  asked.entry = e.entry;
}

void BlockReplay::Timed(uint32_t thread, const Event& e) {
  // The call's own event is the one before, though its batch may have been told already.
  const BlockBatch& batch = queue_.batch();
  const BlockEvent& call = batch.filled != 0 ? batch.events[batch.filled - 1] : last_;
  if (call.moment.stack.thread != thread || call.block.address != e.address ||
      call.moment.stamp != e.stamp || call.kind == BlockEvent::Kind::kUnknownFree) {
    return;
  }
  const Block block = call.block;
  const Moment moment = call.moment;
  BlockEvent& event = Add(BlockEvent::Kind::kCost, thread, e);
  event.moment = moment;
  event.block = block;
  event.cost = {e.depth, e.size};
}

void BlockReplay::Extended(uint32_t thread, const Event& e) {
  switch (static_cast<wire::Extended>(e.flags)) {
    case wire::Extended::kCost:
      Timed(thread, e);
      break;
    case wire::Extended::kRegion: {
      const bool leaves = (e.size & wire::kRegionEnd) != 0;
      BlockEvent& event =
          Add(leaves ? BlockEvent::Kind::kLeave : BlockEvent::Kind::kEnter, thread, e);
      event.block = Block{.address = e.address, .size = e.size, .born = e.stamp};
      break;
    }
    case wire::Extended::kPool: {
      BlockEvent& event = Add(BlockEvent::Kind::kPool, thread, e);
      event.block = Block{.address = e.address, .size = e.size, .born = e.stamp};
      event.cost = {e.depth, 0};
      break;
    }
  }
}

void BlockReplay::OnProcessEnd(uint32_t process, uint64_t stamp) {
  if (stamp > window_.to) return;
  if (!begun_ && stamp >= window_.from) Begin();
  std::vector<Block> left;
  for (const uint32_t slot : owners_.Of(process)) left.push_back(live_.At(slot));
  if (begun_) {
    Flush();
    queue_.Drain();
    teller_.EndProcess(process, stamp, std::move(left));
    return;
  }
  for (const Block& block : left) {
    owners_.Remove(block);
    live_.Remove(live_.Find(block.address));
  }
}

void BlockReplay::Finish(Profile* profile) {
  if (!begun_) Begin();
  Flush();
  queue_.Drain();
  std::vector<uint64_t> abandoned;
  for (const Thread& t : threads_) {
    abandoned.push_back(static_cast<uint64_t>(
        std::count_if(t.reallocs.begin() + static_cast<ptrdiff_t>(t.reallocs_before),
                      t.reallocs.end(), [](const Block& b) { return b.slot != kNoSlot; })));
  }
  const ReplayEnd end{window_.to, allocations_, abandoned};
  teller_.Finish(end, live_.Blocks(), profile);
}

}  // namespace allocprof::model
