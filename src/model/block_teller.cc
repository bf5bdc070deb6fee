// SPDX-License-Identifier: Apache-2.0
#include "model/block_teller.h"

namespace allocprof::model {

void BlockTeller::Tell(BlockBatch* batch) {
  thread_numbers_.insert(thread_numbers_.end(), batch->new_threads.begin(),
                         batch->new_threads.end());
  for (const BlockBatch::Definition& definition : batch->definitions) Define(definition);
  if (batch->filled == 0) return;
  BlockEvent* const first = batch->events.data();
  BlockEvent* const last = first + batch->filled;
  for (BlockEvent* e = first; e != last; e++) Place(e);
  if (!batch->told) return;
  for (Observer* o : observers_) o->OnEvents(first, last);
}

void BlockTeller::Define(const BlockBatch::Definition& d) {
  if (d.event.kind == wire::Record::kDeeper) {
    stacks_.Deeper(d.thread, d.event);
    return;
  }
  const StackDefinition definition = stacks_.Define(d.thread, d.event);
  for (Observer* o : observers_) o->OnDefine(definition);
}

uint32_t BlockTeller::SiteOf(const StackRef& stack, uint64_t size, uint32_t region, bool defined) {
  if (!defined) undefined_stacks_++;
  return sites_.Of(stack.node, stack.thread, size, region, tree_.nodes().size());
}

void BlockTeller::Step(BlockEvent* event) {
  const uint32_t thread = event->moment.stack.thread;
  const Block& record = event->block;
  const RegionPaths::Step step =
      event->kind == BlockEvent::Kind::kLeave
          ? regions_.Leave(thread, thread_numbers_[thread], record.address)
          : regions_.Enter(thread, thread_numbers_[thread], record.address,
                           static_cast<uint8_t>(record.size), event->moment.stamp);
  event->region = step.path;
  event->block.born = step.outermost ? step.since : 0;
}

void BlockTeller::PlaceRegion(BlockEvent* event) {
  Block& block = event->block;
  event->region = regions_.Of(event->moment.stack.thread);
  switch (event->kind) {
    case BlockEvent::Kind::kBirth: {
      if (block.slot >= region_of_slot_.size()) {
        region_of_slot_.resize(block.slot + size_t{block.slot} / 2 + 64);
      }
      uint32_t& region = region_of_slot_[block.slot];
      if (event->reallocated_from != nullptr) event->reallocated_from->region = region;
      region = block.region = event->region;
      break;
    }
    case BlockEvent::Kind::kDeath:
      if (block.slot < region_of_slot_.size()) block.region = region_of_slot_[block.slot];
      break;
    default:
      break;
  }
}

void BlockTeller::Place(BlockEvent* event) {
  event->region = 0;
  if (event->kind == BlockEvent::Kind::kEnter || event->kind == BlockEvent::Kind::kLeave) {
    return Step(event);
  }
  if (regions_.regions().any()) PlaceRegion(event);
  StackRef& stack = event->moment.stack;
  bool defined;
  stack = stacks_.Find(stack.thread, stack.id, &defined);
  Block& block = event->block;
  switch (event->kind) {
    case BlockEvent::Kind::kBirth: {
      block.site = SiteOf(stack, block.size, event->region, defined);
      if (block.slot >= site_of_slot_.size()) {
        site_of_slot_.resize(block.slot + size_t{block.slot} / 2 + 64);
      }
      uint32_t& site = site_of_slot_[block.slot];
      // The slot is still that of the block before.
      if (event->reallocated_from != nullptr) event->reallocated_from->site = site;
      site = block.site;
      break;
    }
    case BlockEvent::Kind::kDeath:
      block.site = site_of_slot_[block.slot];
      break;
    case BlockEvent::Kind::kFailed:
      block.site = SiteOf(stack, block.size, event->region, defined);
      break;
    case BlockEvent::Kind::kCost:
      block.site = last_site_;
      break;
    case BlockEvent::Kind::kUnknownFree:
    case BlockEvent::Kind::kEnter:
    case BlockEvent::Kind::kLeave:
    case BlockEvent::Kind::kPool:
      break;
  }
  last_site_ = block.site;
}

void BlockTeller::PlaceAll(std::vector<Block>* live) const {
  for (Block& block : *live) {
    block.site = site_of_slot_[block.slot];
    if (block.slot < region_of_slot_.size()) block.region = region_of_slot_[block.slot];
  }
}

void BlockTeller::Start(std::vector<Block> live) {
  PlaceAll(&live);
  for (Observer* o : observers_) o->Start(live);
}

void BlockTeller::EndProcess(uint32_t process, uint64_t stamp, std::vector<Block> left) {
  PlaceAll(&left);
  for (Observer* o : observers_) o->OnProcessEnd(process, stamp, left);
}

void BlockTeller::Finish(const ReplayEnd& end, std::vector<Block> live, Profile* profile) {
  PlaceAll(&live);
  for (Observer* o : observers_) o->Finish(end, live, profile);
  sites_.Mark(&profile->sites);
  profile->regions = regions_.regions();
}

}  // namespace allocprof::model
