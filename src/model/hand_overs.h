// SPDX-License-Identifier: Apache-2.0
//
// Blocks that one thread allocates and another frees: who hands over to whom, and which sites do.
// Memory: 32 bytes a pair of threads, at most kPairs; the rest is summed up.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "model/block_observer.h"

namespace allocprof::model {

struct HandOver {
  uint64_t blocks = 0;
  uint64_t bytes = 0;
};

class HandOvers final : public BlockObserver<HandOvers> {
 public:
  static constexpr size_t kPairs = 10000;

  explicit HandOvers(const ReplayContext&) {}

  void OnDeath(const Block& block, const Moment& at, const Death& death) {
    if (block.thread == at.stack.thread || death.cause != DeathCause::kFree) return;
    const std::pair<uint32_t, uint32_t> pair{block.thread, at.stack.thread};
    const auto it = pairs_.find(pair);
    HandOver& h = it != pairs_.end() ? it->second : pairs_.size() < kPairs ? pairs_[pair] : others_;
    h.blocks++;
    h.bytes += block.size;
  }

  // By producer and consumer: indices into Profile::threads.
  const std::map<std::pair<uint32_t, uint32_t>, HandOver>& pairs() const { return pairs_; }
  // Of pairs beyond kPairs.
  const HandOver& others() const { return others_; }

 private:
  std::map<std::pair<uint32_t, uint32_t>, HandOver> pairs_;
  HandOver others_;
};

}  // namespace allocprof::model
