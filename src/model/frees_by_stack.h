// SPDX-License-Identifier: Apache-2.0
//
// How often each stack frees, whatever it frees. Made only where somebody asks.
#pragma once

#include <vector>

#include "model/block_observer.h"

namespace allocprof::model {

class FreesByStack final : public BlockObserver<FreesByStack> {
 public:
  explicit FreesByStack(const ReplayContext&) {}

  void OnDeath(const Block&, const Moment& at, const Death& death) {
    if (death.cause == DeathCause::kFree) Count(at.stack.node);
  }
  void OnOldDeath(const Block& block, const Moment& at, const Death& death) {
    OnDeath(block, at, death);
  }
  void OnUnknownFree(uint64_t, const Moment& at) { Count(at.stack.node); }

  // By node of the stack tree; as long as the last one that frees.
  const std::vector<uint64_t>& frees() const { return frees_; }

 private:
  void Count(uint32_t node) {
    if (node >= frees_.size()) frees_.resize(node + node / 2 + size_t{64});
    frees_[node]++;
  }

  std::vector<uint64_t> frees_;
};

}  // namespace allocprof::model
