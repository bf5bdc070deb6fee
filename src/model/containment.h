// SPDX-License-Identifier: Apache-2.0
//
// Containment, a dynamic escape analysis: which frame of those that a block was born under was the
// innermost still active when it died, its owner frame. activation_rule.h says what "still active"
// means and where it can err.
//
// Result, a site: how many blocks died under an owner so and so many frames out from the innermost,
// and how many have none. Every block of the site is in exactly one place.
// Cost: one look into a table an event; stacks are compared once for each pair met in a row, as
// long as it is remembered. Memory: the stacks, a bounded number of pairs of them, and the
// activations of live blocks.
#pragma once

#include <cstdint>
#include <vector>

#include "model/activation_rule.h"
#include "model/activation_tree.h"
#include "model/block_observer.h"
#include "model/churn.h"
#include "model/pair_cache.h"

namespace allocprof::model {

struct BlockSum {
  uint64_t blocks = 0;
  uint64_t bytes = 0;
  void Add(uint64_t size) {
    blocks++;
    bytes += size;
  }
};

struct SiteContainment {
  // By the owner's position in the stack of the birth: [0] is the innermost frame. Shorter than the
  // stack where no owner is further out.
  std::vector<BlockSum> owned;
  BlockSum outlived;      // freed by its own thread, with no frame of its birth proven active
  BlockSum other_thread;  // freed by another
  BlockSum leaked;        // never freed
  BlockSum unknown;       // a stack is missing, or is not on the thread's own stack (coroutines)
  uint64_t live_max = 0;  // most blocks alive at once
  uint64_t live = 0;      // at the end
};

class Containment final : public BlockObserver<Containment> {
 public:
  // Of 2^transition_bits pairs of stacks at most it is remembered how they compare.
  explicit Containment(const ReplayContext& context, unsigned transition_bits = kTransitionBits);

  // By site; a site that is past the end has had no birth.
  const std::vector<SiteContainment>& sites() const { return sites_; }
  // False when frees were recorded without their stacks: nothing is known then.
  bool known() const { return known_; }
  // Of the same blocks; nothing when frees have no stacks.
  const Churn& churn() const { return churn_; }

  void OnDefine(const StackDefinition& definition) override;
  void WillSee(const BlockEvent& event) const;
  void OnBirth(const Block& block, const Moment& moment, const Block* reallocated_from);
  void OnDeath(const Block& block, const Moment& moment, const Death& death);
  void OnOldDeath(const Block& block, const Moment& moment, const Death& death);
  void OnUnknownFree(uint64_t address, const Moment& moment);
  void OnFailed(const Block& asked_for, const Moment& moment);
  void OnProcessEnd(uint32_t process, uint64_t stamp, const std::vector<Block>& left) override;
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

 private:
  using Kept = ActivationRule::Kept;
  using Transitions = PairCache<Kept>;             // of the stacks before and after
  static constexpr unsigned kTransitionBits = 18;  // 6 MiB each, for births and for deaths

  // Stacks are named by StackRef::definition.
  struct Thread {
    // Activations, outermost first; those further in have no number yet.
    std::vector<uint32_t> active;
    uint32_t last = 0;  // stack of the last event, 0: none known
    bool last_was_death = false;
  };
  // Where the thread went from a stack last.
  struct Next {
    uint32_t stack = 0;
    Kept kept;
  };

  static bool IsKnown(const StackRef& stack) { return stack.node != 0 && stack.depth != 0; }
  Thread& ThreadAt(uint32_t index);
  SiteContainment& SiteAt(uint32_t index);
  // Takes the thread to its next event. Afterwards `active` holds what is still active, with a tail
  // call also the frame that made it, until Settle.
  Kept Move(Thread* thread, uint32_t stack, bool freeing);
  void Settle(Thread* thread, Kept kept);
  void Cut(Thread* thread, size_t frames);
  // The innermost activation that the block was born in and that may still be active: its owner
  // where that is known.
  uint32_t Count(const Block& block, const Thread& freeing, bool own_thread, bool known);
  void Forget(const Block& block, uint32_t stayed, bool freed);

  const StackTree& stacks_;
  ActivationRule rule_;
  bool known_;
  ActivationTree activations_;
  Churn churn_;
  std::vector<Thread> threads_;
  ActivationStacks paths_;
  HugeVector<Next> next_[2];      // [freeing], by stack
  Transitions transitions_[2];    // [freeing], those that are not the last ones
  HugeVector<uint32_t> born_in_;  // by slot: the innermost activation at a live block's birth
  std::vector<SiteContainment> sites_;
};

}  // namespace allocprof::model
