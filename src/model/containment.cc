// SPDX-License-Identifier: Apache-2.0
#include "model/containment.h"

#include <algorithm>

namespace allocprof::model {

Containment::Containment(const ReplayContext& context)
    : stacks_(context.stacks),
      rule_(context.trace, context.stacks, context.code),
      known_(context.trace.header.free_stacks) {}

Containment::Thread& Containment::ThreadAt(uint32_t index) {
  if (index >= threads_.size()) threads_.resize(index + 1);
  return threads_[index];
}

SiteContainment& Containment::SiteAt(uint32_t index) {
  if (index >= sites_.size()) sites_.resize(index + 1);
  return sites_[index];
}

void Containment::OnDefine(const StackDefinition& d) {
  Thread& thread = ThreadAt(d.stack.thread);
  if (!d.defined) return;
  uint32_t frames = 1;
  if (d.parent != 0) {
    const auto parent = thread.stacks.find(d.parent);
    if (parent == thread.stacks.end()) return;
    frames = parent->second.frames + 1;
  }
  const uint32_t location = stacks_.nodes()[d.stack.node].location;
  thread.stacks[d.stack.id] = {{location, d.stack.depth}, d.parent, frames};
}

std::vector<ActivationFrame> Containment::Frames(const Thread& thread, uint32_t id) const {
  std::vector<ActivationFrame> frames;
  // Ends even where a damaged trace defines an id anew: each step counts down.
  auto it = thread.stacks.find(id);
  const uint32_t most = it != thread.stacks.end() ? it->second.frames : 0;
  while (it != thread.stacks.end() && frames.size() < most) {
    frames.push_back(it->second.innermost);
    it = thread.stacks.find(it->second.parent);
  }
  std::reverse(frames.begin(), frames.end());
  return frames;
}

void Containment::Cut(Thread* thread, size_t frames) {
  while (thread->active.size() > frames) {
    activations_.Release(thread->active.back());
    thread->active.pop_back();
  }
}

Containment::Transition Containment::Move(Thread* thread, uint32_t id, bool freeing) {
  const uint64_t key = uint64_t{thread->last} << 32 | id;
  const auto [it, fresh] = thread->transitions[freeing].try_emplace(key);
  if (fresh) {
    const std::vector<ActivationFrame> after = Frames(*thread, id);
    it.value().frames = static_cast<uint32_t>(after.size());
    const std::vector<ActivationFrame> before = Frames(*thread, thread->last);
    if (!before.empty() && !after.empty()) it.value().kept = rule_.Compare(before, after, freeing);
  }
  const Transition transition = it->second;
  Cut(thread, transition.kept.frames + (transition.kept.tail_call ? 1 : 0));
  thread->last = id;
  return transition;
}

void Containment::Settle(Thread* thread, const Transition& transition) {
  Cut(thread, transition.kept.frames);
}

void Containment::OnBirth(const Block& block, const Moment& moment, const Block*) {
  SiteContainment& site = SiteAt(block.site);
  site.live_max = std::max(site.live_max, ++site.live);
  if (block.slot >= born_in_.size()) born_in_.resize(block.slot + 1);
  born_in_[block.slot] = ActivationTree::kNone;
  if (!known_ || !IsKnown(moment.stack)) return;
  Thread& thread = ThreadAt(moment.stack.thread);
  // The two halves of a realloc are one call.
  const bool same_call =
      (block.entry == wire::Entry::kRealloc || block.entry == wire::Entry::kReallocarray) &&
      thread.last_was_death && thread.last == moment.stack.id;
  thread.last_was_death = false;
  uint32_t frames = 0;
  if (same_call) {
    const auto stack = thread.stacks.find(thread.last);
    frames = stack != thread.stacks.end() ? stack->second.frames : 0;
  } else {
    const Transition transition = Move(&thread, moment.stack.id, false);
    Settle(&thread, transition);
    frames = transition.frames;
  }
  if (frames == 0) return;
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
  if (death.cause == DeathCause::kLost) {
    Count(block, thread, true, false);
  } else {
    Transition transition;
    if (known) {
      transition = Move(&thread, moment.stack.id, true);
      thread.last_was_death = true;
    }
    Count(block, thread, block.thread == moment.stack.thread, known);
    if (known) Settle(&thread, transition);
  }
  Forget(block, death.cause == DeathCause::kFree && block.thread == moment.stack.thread);
}

void Containment::Count(const Block& block, const Thread& freeing, bool own_thread, bool known) {
  SiteContainment& site = SiteAt(block.site);
  if (!own_thread) {
    site.other_thread.Add(block.size);
    return;
  }
  uint32_t activation = born_in_[block.slot];
  if (!known || activation == ActivationTree::kNone) {
    site.unknown.Add(block.size);
    return;
  }
  for (size_t up = 0; activation != ActivationTree::kNone; up++) {
    const uint32_t at = activations_.level(activation) - 1;
    if (at < freeing.active.size() && freeing.active[at] == activation) {
      if (site.owned.size() <= up) site.owned.resize(up + 1);
      site.owned[up].Add(block.size);
      return;
    }
    activation = activations_.parent(activation);
  }
  site.outlived.Add(block.size);
}

void Containment::Forget(const Block& block, bool freed) {
  SiteContainment& site = SiteAt(block.site);
  site.live--;
  churn_.OnDeath(block, born_in_[block.slot], site.live == 0, freed, &activations_);
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
  Settle(&thread, Move(&thread, moment.stack.id, true));
  thread.last_was_death = true;
}

void Containment::OnFailed(const Block&, const Moment& moment) {
  if (!known_ || !IsKnown(moment.stack)) return;
  Thread& thread = ThreadAt(moment.stack.thread);
  Settle(&thread, Move(&thread, moment.stack.id, false));
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
}

}  // namespace allocprof::model
