// SPDX-License-Identifier: Apache-2.0
//
// Totals and what each site adds to them: Profile::totals and Profile::sites.
#pragma once

#include <vector>

#include "model/block_observer.h"
#include "model/profile.h"

namespace allocprof::model {

class TotalsObserver final : public BlockObserver<TotalsObserver> {
 public:
  explicit TotalsObserver(const ReplayContext& context)
      : node_of_site_(context.node_of_site), start_(context.window.from) {}

  void OnBirth(const Block& block, const Moment& at, const Block* reallocated_from);
  void OnDeath(const Block& block, const Moment& at, const Death& death);
  void OnOldDeath(const Block& block, const Moment& at, const Death& death);
  void OnUnknownFree(uint64_t address, const Moment& at);
  void OnFailed(const Block& asked_for, const Moment& at);
  void OnProcessEnd(uint32_t process, uint64_t stamp, const std::vector<Block>& left) override;
  void Start(const std::vector<Block>& live) override;
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

 private:
  // What a site needs during the replay only. The share at the global peak is kept without copying
  // all sites at each new peak: a site remembers what it held at the last peak when it first
  // changes after it.
  struct Tally {
    Site site;
    uint64_t bytes = 0;
    uint64_t blocks = 0;
    uint64_t bytes_at_peak = 0;
    uint64_t blocks_at_peak = 0;
    uint64_t peak_epoch = 0;
    uint64_t old_bytes = 0;  // of those live or left, born before the window
    uint64_t old_blocks = 0;
  };

  Tally& TallyOf(uint32_t site);
  void Die(const Block& block, const Moment& at, const Death& death);
  // Called before a site's live figures change.
  void Touch(Tally* t);

  const std::vector<uint32_t>& node_of_site_;
  uint64_t start_;              // stamp
  std::vector<Tally> tallies_;  // by site
  Totals totals_;
  uint64_t live_ = 0;
  uint64_t live_blocks_ = 0;
  uint64_t peak_epoch_ = 1;
};

}  // namespace allocprof::model
