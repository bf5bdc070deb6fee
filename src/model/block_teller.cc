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

uint32_t BlockTeller::SiteOf(const StackRef& stack, uint64_t size, bool defined) {
  if (!defined) undefined_stacks_++;
  return sites_.Of(stack.node, stack.thread, size, tree_.nodes().size());
}

void BlockTeller::Place(BlockEvent* event) {
  StackRef& stack = event->moment.stack;
  bool defined;
  stack = stacks_.Find(stack.thread, stack.id, &defined);
  Block& block = event->block;
  switch (event->kind) {
    case BlockEvent::Kind::kBirth: {
      block.site = SiteOf(stack, block.size, defined);
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
      block.site = SiteOf(stack, block.size, defined);
      break;
    case BlockEvent::Kind::kCost:
      block.site = last_site_;
      break;
    case BlockEvent::Kind::kUnknownFree:
      break;
  }
  last_site_ = block.site;
}

void BlockTeller::PlaceAll(std::vector<Block>* live) const {
  for (Block& block : *live) block.site = site_of_slot_[block.slot];
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
}

}  // namespace allocprof::model
