// SPDX-License-Identifier: Apache-2.0
#include "model/thread_totals.h"

namespace allocprof::model {

ThreadTotals& ThreadTotalsObserver::Of(uint32_t thread) {
  if (thread >= threads_.size()) threads_.resize(numbers_.size());
  return threads_[thread];
}

void ThreadTotalsObserver::OnBirth(const Block& block, const Moment& /*at*/,
                                   const Block* /*reallocated_from*/) {
  ThreadTotals& t = Of(block.thread);
  t.allocations++;
  t.allocated_bytes += block.size;
}

void ThreadTotalsObserver::OnDeath(const Block& /*block*/, const Moment& at, const Death& death) {
  if (death.cause == DeathCause::kFree) Of(at.stack.thread).frees++;
}

void ThreadTotalsObserver::OnUnknownFree(uint64_t /*address*/, const Moment& at) {
  Of(at.stack.thread).frees++;
}

void ThreadTotalsObserver::Finish(const ReplayEnd& end, const std::vector<Block>& /*live*/,
                                  Profile* profile) {
  threads_.resize(numbers_.size());
  for (size_t i = 0; i < threads_.size(); i++) {
    threads_[i].id = numbers_[i];
    threads_[i].frees += end.abandoned_reallocs[i];
  }
  profile->threads = threads_;
}

}  // namespace allocprof::model
