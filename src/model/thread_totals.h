// SPDX-License-Identifier: Apache-2.0
//
// What each thread did itself: Profile::threads.
#pragma once

#include <vector>

#include "model/block_observer.h"
#include "model/profile.h"

namespace allocprof::model {

class ThreadTotalsObserver final : public BlockObserver<ThreadTotalsObserver> {
 public:
  explicit ThreadTotalsObserver(const ReplayContext& context) : numbers_(context.thread_numbers) {}

  void OnBirth(const Block& block, const Moment& at, const Block* reallocated_from);
  void OnDeath(const Block& block, const Moment& at, const Death& death);
  void OnOldDeath(const Block& block, const Moment& at, const Death& death) {
    OnDeath(block, at, death);
  }
  void OnUnknownFree(uint64_t address, const Moment& at);
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

 private:
  ThreadTotals& Of(uint32_t thread);

  const std::vector<uint32_t>& numbers_;
  std::vector<ThreadTotals> threads_;
};

}  // namespace allocprof::model
