// SPDX-License-Identifier: Apache-2.0
#include "model/block_replay.h"

#include <algorithm>

namespace allocprof::model {

using wire::Event;
using wire::Record;

namespace {

bool IsRealloc(wire::Entry entry) {
  return entry == wire::Entry::kRealloc || entry == wire::Entry::kReallocarray;
}

}  // namespace

BlockReplay::BlockReplay(const trace::Trace& trace, StackTree* stacks, SiteSplit split)
    : trace_(trace), tree_(*stacks), stacks_(trace, stacks), sites_(split) {
  batch_.reserve(kBatch);
  reallocated_.reserve(kBatch);
}

uint32_t BlockReplay::IndexOf(uint32_t number) {
  if (last_thread_ < thread_numbers_.size() && thread_numbers_[last_thread_] == number)
    return last_thread_;
  const auto [it, fresh] =
      thread_index_.try_emplace(number, static_cast<uint32_t>(thread_numbers_.size()));
  if (fresh) {
    thread_numbers_.push_back(number);
    threads_.emplace_back();
  }
  return last_thread_ = it->second;
}

// What the batch holds may use an id that is defined anew.
void BlockReplay::Define(uint32_t number, const Event& e) {
  Flush();
  const StackDefinition definition = stacks_.Define(IndexOf(number), e);
  for (Observer* o : observers_) o->OnDefine(definition);
}

void BlockReplay::Deeper(uint32_t number, const Event& e) { stacks_.Deeper(IndexOf(number), e); }

void BlockReplay::OnEvent(uint32_t number, const Event& e) {
  const uint32_t thread = IndexOf(number);
  switch (e.kind) {
    case Record::kAlloc:
      Birth(thread, e);
      break;
    case Record::kFree:
    case Record::kReallocFree:
      Death(thread, e);
      break;
    default:
      Failed(thread, e);
      break;
  }
}

Moment BlockReplay::MomentOf(uint32_t thread, const Event& e, bool* defined) const {
  return {e.stamp, allocations_, stacks_.Find(thread, e.stack, defined)};
}

uint32_t BlockReplay::SiteOf(const StackRef& stack, uint64_t size, bool defined) {
  if (!defined) undefined_stacks_++;
  return sites_.Of(stack.node, stack.thread, size, tree_.nodes().size());
}

BlockEvent& BlockReplay::Add(BlockEvent::Kind kind, const Moment& moment) {
  if (batch_.size() == kBatch) Flush();
  BlockEvent& event = batch_.emplace_back();
  event.kind = kind;
  event.moment = moment;
  return event;
}

void BlockReplay::Flush() {
  if (batch_.empty()) return;
  const BlockEvent* const first = batch_.data();
  for (Observer* o : observers_) o->OnEvents(first, first + batch_.size());
  batch_.clear();
  reallocated_.clear();
}

void BlockReplay::Birth(uint32_t thread, const Event& e) {
  Thread& t = threads_[thread];
  allocations_++;
  bool defined;
  const Moment moment = MomentOf(thread, e, &defined);
  if (const uint32_t slot = live_.Find(e.address); slot != kNoSlot) {
    // Its free is not in the trace (lost, or by someone we do not see).
    BlockEvent& lost = Add(BlockEvent::Kind::kDeath, moment);
    lost.block = live_.At(slot);
    lost.death = {DeathCause::kLost, false};
    live_.Remove(slot);
  }
  Block block;
  block.address = e.address;
  block.size = e.size;
  block.born = e.stamp;
  block.number = allocations_;
  block.site = SiteOf(moment.stack, e.size, defined);
  block.thread = thread;
  block.stack = e.stack;
  block.entry = e.entry;
  BlockEvent& event = Add(BlockEvent::Kind::kBirth, moment);
  if (IsRealloc(e.entry) && !t.reallocs.empty()) {
    const Block& from = t.reallocs.back();
    if (from.slot != kNoSlot) {
      block.slot = from.slot;
      event.reallocated_from = &reallocated_.emplace_back(from);
    }
    t.reallocs.pop_back();
  }
  event.block = live_.Insert(block);
  t.last_address = e.address;
}

void BlockReplay::Death(uint32_t thread, const Event& e) {
  Thread& t = threads_[thread];
  bool defined;
  const Moment moment = MomentOf(thread, e, &defined);
  const bool by_realloc = e.kind == Record::kReallocFree;
  const uint32_t slot = live_.Find(e.address);
  if (slot == kNoSlot) {
    // A realloc of a block we never saw is an allocation like any other.
    if (by_realloc) t.reallocs.push_back({.address = e.address});
    Add(BlockEvent::Kind::kUnknownFree, moment).block.address = e.address;
    return;
  }
  BlockEvent& event = Add(BlockEvent::Kind::kDeath, moment);
  event.block = live_.At(slot);
  if (by_realloc) {
    event.death = {DeathCause::kRealloc, false};
    t.reallocs.push_back(event.block);
    live_.Detach(slot);
    return;
  }
  const bool is_last = t.last_address == e.address;
  event.death = {DeathCause::kFree, is_last && event.block.thread == thread};
  if (is_last) t.last_address = 0;
  live_.Remove(slot);
}

void BlockReplay::Failed(uint32_t thread, const Event& e) {
  bool defined;
  const Moment moment = MomentOf(thread, e, &defined);
  const uint32_t site = SiteOf(moment.stack, e.size, defined);
  Block& asked = Add(BlockEvent::Kind::kFailed, moment).block;
  asked.size = e.size;
  asked.site = site;
  asked.thread = thread;
  asked.stack = e.stack;
  asked.entry = e.entry;
}

void BlockReplay::Finish(Profile* profile) {
  Flush();
  std::vector<uint64_t> abandoned;
  for (const Thread& t : threads_) {
    abandoned.push_back(static_cast<uint64_t>(
        std::count_if(t.reallocs.begin(), t.reallocs.end(),
                      [](const Block& block) { return block.slot != kNoSlot; })));
  }
  const ReplayEnd end{trace_.last_stamp(), allocations_, abandoned};
  const std::vector<Block> live = live_.Blocks();
  for (Observer* o : observers_) o->Finish(end, live, profile);
  sites_.Mark(&profile->sites);
}

}  // namespace allocprof::model
