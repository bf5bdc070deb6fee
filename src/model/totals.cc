// SPDX-License-Identifier: Apache-2.0
#include "model/totals.h"

#include <algorithm>
#include <numeric>

namespace allocprof::model {

TotalsObserver::Tally& TotalsObserver::TallyOf(uint32_t site) {
  if (site >= tallies_.size()) tallies_.resize(node_of_site_.size());
  return tallies_[site];
}

void TotalsObserver::Touch(Tally* t) {
  if (t->peak_epoch == peak_epoch_) return;
  t->bytes_at_peak = t->bytes;
  t->blocks_at_peak = t->blocks;
  t->peak_epoch = peak_epoch_;
}

void TotalsObserver::OnBirth(const Block& block, const Moment& at, const Block* reallocated_from) {
  Tally& t = TallyOf(block.site);
  totals_.allocations++;
  totals_.allocated_bytes += block.size;
  t.site.allocations++;
  t.site.allocated_bytes += block.size;
  t.site.size_max = std::max(t.site.size_max, block.size);
  if (reallocated_from != nullptr) {
    totals_.reallocations++;
    t.site.reallocations++;
    if (reallocated_from->address == block.address) {
      totals_.reallocations_in_place++;
      t.site.reallocations_in_place++;
    }
  }
  Touch(&t);
  t.bytes += block.size;
  t.blocks++;
  t.site.own_peak_bytes = std::max(t.site.own_peak_bytes, t.bytes);
  live_ += block.size;
  live_blocks_++;
  if (live_ > totals_.peak_bytes) {
    totals_.peak_bytes = live_;
    totals_.peak_blocks = live_blocks_;
    totals_.peak_stamp = at.stamp;
    peak_epoch_++;
  }
}

void TotalsObserver::Start(const std::vector<Block>& live) {
  for (const Block& block : live) {
    Tally& t = TallyOf(block.site);
    t.bytes += block.size;
    t.blocks++;
  }
  for (Tally& t : tallies_) {
    t.site.start_bytes = t.old_bytes = t.site.own_peak_bytes = t.bytes;
    t.site.start_blocks = t.old_blocks = t.blocks;
    live_ += t.bytes;
    live_blocks_ += t.blocks;
  }
  totals_.start_bytes = totals_.peak_bytes = live_;
  totals_.start_blocks = totals_.peak_blocks = live_blocks_;
  if (live_ != 0) totals_.peak_stamp = start_;
}

void TotalsObserver::Die(const Block& block, const Moment& at, const Death& death) {
  Tally& t = TallyOf(block.site);
  switch (death.cause) {
    case DeathCause::kFree:
      totals_.frees++;
      t.site.freed++;
      if (block.thread != at.stack.thread) t.site.cross_thread_frees++;
      break;
    case DeathCause::kRealloc:
      break;
    case DeathCause::kLost:
      totals_.lost_frees++;
      break;
  }
  Touch(&t);
  t.bytes -= block.size;
  t.blocks--;
  live_ -= block.size;
  live_blocks_--;
}

void TotalsObserver::OnDeath(const Block& block, const Moment& at, const Death& death) {
  Die(block, at, death);
  if (!death.temporary) return;
  tallies_[block.site].site.temporary++;
  totals_.temporary++;
}

// It is freed in the window, but no block of the window.
void TotalsObserver::OnOldDeath(const Block& block, const Moment& at, const Death& death) {
  Die(block, at, death);
  Tally& t = tallies_[block.site];
  t.old_bytes -= block.size;
  t.old_blocks--;
}

void TotalsObserver::OnUnknownFree(uint64_t /*address*/, const Moment& /*at*/) {
  totals_.frees++;
  totals_.unknown_frees++;
}

void TotalsObserver::OnFailed(const Block& asked_for, const Moment& /*at*/) {
  totals_.failed++;
  TallyOf(asked_for.site).site.failed++;
}

void TotalsObserver::OnProcessEnd(uint32_t /*process*/, uint64_t /*stamp*/,
                                  const std::vector<Block>& left) {
  for (const Block& block : left) {
    Tally& t = tallies_[block.site];
    Touch(&t);
    t.bytes -= block.size;
    t.blocks--;
    t.site.left_bytes += block.size;
    t.site.left_blocks++;
    live_ -= block.size;
    live_blocks_--;
  }
}

void TotalsObserver::Finish(const ReplayEnd& end, const std::vector<Block>& /*live*/,
                            Profile* profile) {
  tallies_.resize(node_of_site_.size());
  for (size_t i = 0; i < tallies_.size(); i++) {
    Tally& t = tallies_[i];
    const bool changed = t.peak_epoch == peak_epoch_;
    t.site.node = node_of_site_[i];
    t.site.peak_bytes = changed ? t.bytes_at_peak : t.bytes;
    t.site.peak_blocks = changed ? t.blocks_at_peak : t.blocks;
    t.site.leaked_bytes = t.bytes + t.site.left_bytes - t.old_bytes;
    t.site.leaked_blocks = t.blocks + t.site.left_blocks - t.old_blocks;
    t.site.end_bytes = t.bytes;
    t.site.end_blocks = t.blocks;
    totals_.leaked_bytes += t.site.leaked_bytes;
    totals_.leaked_blocks += t.site.leaked_blocks;
    totals_.left_bytes += t.site.left_bytes;
    totals_.left_blocks += t.site.left_blocks;
    profile->sites.push_back(t.site);
  }
  totals_.end_bytes = live_;
  totals_.end_blocks = live_blocks_;
  // A realloc whose birth is lost, or stamped after the end, was a free.
  totals_.frees +=
      std::accumulate(end.abandoned_reallocs.begin(), end.abandoned_reallocs.end(), uint64_t{0});
  profile->totals = totals_;
}

}  // namespace allocprof::model
