// SPDX-License-Identifier: Apache-2.0
#include "model/churn.h"

#include <algorithm>

#include "model/block_observer.h"

namespace allocprof::model {

void Turns::Add(const Turns& other) {
  turns += other.turns;
  bytes += other.bytes;
  runs += other.runs;
  run_max = std::max(run_max, other.run_max);
  size_max = std::max(size_max, other.size_max);
}

void Churn::OnBirth(const Block& block, uint32_t born_in, bool only, const Active& active,
                    ActivationTree* tree) {
  if (block.site >= last_.size()) last_.resize(block.site + block.site / 2 + 64);
  Last& last = last_[block.site];
  last.alone = only;
  const uint32_t before = last.within;
  if (before == ActivationTree::kNone) {
    last.run = 0;
    return;
  }
  last.within = ActivationTree::kNone;
  uint32_t stayed = before;
  const bool turn = only && born_in != ActivationTree::kNone && last.thread == block.thread &&
                    last.size == block.size;
  for (; turn && stayed != ActivationTree::kNone; stayed = tree->parent(stayed)) {
    const uint32_t at = tree->level(stayed) - 1;
    if (at < active.size() && active[at] == stayed) break;
  }
  if (!turn || stayed == ActivationTree::kNone) {
    last.run = 0;
  } else {
    if (block.site >= sites_.size()) sites_.resize(last_.size());
    const size_t up = last.level - tree->level(stayed);
    std::vector<Turns>& frames = sites_[block.site];
    if (frames.size() <= up) frames.resize(up + 1);
    Turns& t = frames[up];
    // The number cannot have been given to another meanwhile: the block before held it.
    if (last.run == 0 || last.stayed != stayed) {
      last.run = 0;
      t.runs++;
    }
    last.stayed = stayed;
    t.turns++;
    t.bytes += block.size;
    t.run_max = std::max(t.run_max, ++last.run);
    t.size_max = std::max(t.size_max, block.size);
  }
  tree->Release(before);
}

void Churn::OnDeath(const Block& block, uint32_t born_in, uint32_t stayed, bool only, bool freed,
                    ActivationTree* tree) {
  if (block.site >= last_.size()) return;
  Last& last = last_[block.site];
  if (last.within != ActivationTree::kNone) tree->Release(last.within);
  last.within = ActivationTree::kNone;
  // Else what comes next is no turn.
  if (!only || !last.alone || !freed || stayed == ActivationTree::kNone) return;
  last.within = stayed;
  last.level = tree->level(born_in);
  last.thread = block.thread;
  last.size = block.size;
  tree->Hold(stayed);
}

void Churn::Finish() { last_ = {}; }

}  // namespace allocprof::model
