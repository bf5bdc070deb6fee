// SPDX-License-Identifier: Apache-2.0
//
// Live bytes over time, the largest of each of kTimelinePoints intervals: Profile::timeline.
#pragma once

#include <vector>

#include "model/block_observer.h"
#include "model/profile.h"

namespace allocprof::model {

class TimelineObserver final : public BlockObserver<TimelineObserver> {
 public:
  explicit TimelineObserver(const ReplayContext& context);

  void OnBirth(const Block& block, const Moment& at, const Block* reallocated_from);
  void OnDeath(const Block& block, const Moment& at, const Death& death);
  void OnOldDeath(const Block& block, const Moment& at, const Death& death) {
    OnDeath(block, at, death);
  }
  void OnProcessEnd(uint32_t process, uint64_t stamp, const std::vector<Block>& left) override;
  void Start(const std::vector<Block>& live) override;
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

 private:
  void Tick(uint64_t stamp);
  void PushPoint();
  void FillResident();

  const trace::Trace& trace_;
  std::vector<TimelinePoint> points_;
  uint64_t first_stamp_;
  uint64_t interval_;
  uint64_t next_point_;  // stamp at which the interval at hand ends
  uint64_t live_ = 0;
  TimelinePoint now_;  // the interval at hand
};

}  // namespace allocprof::model
