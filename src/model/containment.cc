// SPDX-License-Identifier: Apache-2.0
#include "model/containment.h"

#include <algorithm>

namespace allocprof::model {

Containment::Containment(const ReplayContext& context, unsigned transition_bits)
    : stacks_(context.stacks),
      rule_(context.trace, context.stacks, context.code),
      known_(context.trace.header.free_stacks),
      paths_(1),
      transitions_{Transitions(transition_bits), Transitions(transition_bits)} {}

Containment::Thread& Containment::ThreadAt(uint32_t index) {
  if (index >= threads_.size()) threads_.resize(index + 1);
  return threads_[index];
}

SiteContainment& Containment::SiteAt(uint32_t index) {
  if (index >= sites_.size()) sites_.resize(index + 1);
  return sites_[index];
}

void Containment::OnDefine(const StackDefinition& d) {
  if (!d.defined) return;
  const size_t room = size_t{d.stack.definition} + 1;
  if (paths_.size() < room) paths_.resize(room);
  const uint32_t frames = d.parent != 0 ? paths_[d.parent_definition].frames + 1 : 1;
  paths_[d.stack.definition] = {stacks_.nodes()[d.stack.node].location, d.parent_definition, frames,
                                d.stack.depth};
}

void Containment::WillSee(const BlockEvent& event) const {
  const uint32_t stack = event.moment.stack.definition;
  __builtin_prefetch(next_[event.kind != BlockEvent::Kind::kBirth].data() + stack);
  __builtin_prefetch(paths_.data() + stack);
  __builtin_prefetch(born_in_.data() + event.block.slot);
}

void Containment::Cut(Thread* thread, size_t frames) {
  while (thread->active.size() > frames) {
    activations_.Release(thread->active.back());
    thread->active.pop_back();
  }
}

Containment::Kept Containment::Move(Thread* thread, uint32_t stack, bool freeing) {
  HugeVector<Next>& nexts = next_[freeing];
  if (nexts.size() < paths_.size()) nexts.resize(paths_.size());
  Next& next = nexts[thread->last];
  if (next.stack != stack) {
    const auto compare = [&] { return rule_.Compare(paths_, thread->last, stack, freeing); };
    next = {stack,
            thread->last == 0 ? Kept{} : transitions_[freeing].Of(thread->last, stack, compare)};
  }
  const Kept kept = next.kept;
  Cut(thread, kept.frames + (kept.tail_call ? 1 : 0));
  thread->last = stack;
  return kept;
}

void Containment::Settle(Thread* thread, Kept kept) { Cut(thread, kept.frames); }

void Containment::OnBirth(const Block& block, const Moment& moment, const Block*) {
  SiteContainment& site = SiteAt(block.site);
  site.live_max = std::max(site.live_max, ++site.live);
  if (block.slot >= born_in_.size()) born_in_.resize(block.slot + size_t{block.slot} / 2 + 64);
  born_in_[block.slot] = ActivationTree::kNone;
  if (!known_ || !IsKnown(moment.stack)) return;
  Thread& thread = ThreadAt(moment.stack.thread);
  // The two halves of a realloc are one call.
  const uint32_t stack = moment.stack.definition;
  const bool same_call =
      (block.entry == wire::Entry::kRealloc || block.entry == wire::Entry::kReallocarray) &&
      thread.last_was_death && thread.last == stack;
  thread.last_was_death = false;
  if (!same_call) Settle(&thread, Move(&thread, stack, false));
  const uint32_t frames = paths_[stack].frames;
  while (thread.active.size() < frames) {
    thread.active.push_back(
        activations_.Add(thread.active.empty() ? ActivationTree::kNone : thread.active.back()));
  }
  born_in_[block.slot] = thread.active[frames - 1];
  activations_.Hold(thread.active[frames - 1]);
  churn_.OnBirth(block, thread.active[frames - 1], site.live == 1, thread.active, &activations_);
}

void Containment::OnDeath(const Block& block, const Moment& moment, const Death& death) {
  const bool known = known_ && IsKnown(moment.stack);
  Thread& thread = ThreadAt(moment.stack.thread);
  uint32_t stayed;
  if (death.cause == DeathCause::kLost) {
    stayed = Count(block, thread, true, false);
  } else {
    Kept kept;
    if (known) {
      kept = Move(&thread, moment.stack.definition, true);
      thread.last_was_death = true;
    }
    stayed = Count(block, thread, block.thread == moment.stack.thread, known);
    if (known) Settle(&thread, kept);
  }
  Forget(block, stayed, death.cause == DeathCause::kFree && block.thread == moment.stack.thread);
}

uint32_t Containment::Count(const Block& block, const Thread& freeing, bool own_thread,
                            bool known) {
  SiteContainment& site = SiteAt(block.site);
  uint32_t activation = born_in_[block.slot];
  if (!own_thread) {
    site.other_thread.Add(block.size);
    return activation;
  }
  if (!known || activation == ActivationTree::kNone) {
    site.unknown.Add(block.size);
    return activation;
  }
  for (size_t up = 0; activation != ActivationTree::kNone; up++) {
    const uint32_t at = activations_.level(activation) - 1;
    if (at < freeing.active.size() && freeing.active[at] == activation) {
      if (site.owned.size() <= up) site.owned.resize(up + 1);
      site.owned[up].Add(block.size);
      return activation;
    }
    activation = activations_.parent(activation);
  }
  site.outlived.Add(block.size);
  return ActivationTree::kNone;
}

void Containment::Forget(const Block& block, uint32_t stayed, bool freed) {
  SiteContainment& site = SiteAt(block.site);
  site.live--;
  churn_.OnDeath(block, born_in_[block.slot], stayed, site.live == 0, freed, &activations_);
  activations_.Release(born_in_[block.slot]);
  born_in_[block.slot] = ActivationTree::kNone;
}

// Where its birth was is not known; where its thread is now is.
void Containment::OnOldDeath(const Block& block, const Moment& moment, const Death& death) {
  if (death.cause != DeathCause::kLost) OnUnknownFree(block.address, moment);
}

void Containment::OnUnknownFree(uint64_t, const Moment& moment) {
  if (!known_ || !IsKnown(moment.stack)) return;
  Thread& thread = ThreadAt(moment.stack.thread);
  Settle(&thread, Move(&thread, moment.stack.definition, true));
  thread.last_was_death = true;
}

void Containment::OnFailed(const Block&, const Moment& moment) {
  if (!known_ || !IsKnown(moment.stack)) return;
  Thread& thread = ThreadAt(moment.stack.thread);
  Settle(&thread, Move(&thread, moment.stack.definition, false));
  thread.last_was_death = false;
}

void Containment::OnProcessEnd(uint32_t /*process*/, uint64_t /*stamp*/,
                               const std::vector<Block>& left) {
  for (const Block& block : left) {
    if (!block.old) SiteAt(block.site).live--;
  }
}

void Containment::Finish(const ReplayEnd&, const std::vector<Block>& live, Profile*) {
  for (const Block& block : live) {
    if (!block.old) SiteAt(block.site).leaked.Add(block.size);
  }
  // What only the replay needs.
  threads_.clear();
  born_in_ = {};
  churn_.Finish();
  paths_ = {};
  for (const bool freeing : {false, true}) {
    next_[freeing] = {};
    transitions_[freeing].Clear();
  }
}

}  // namespace allocprof::model
