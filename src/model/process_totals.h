// SPDX-License-Identifier: Apache-2.0
//
// What each process of a trace did itself; runs when the trace has several.
//
// Sums over the processes equal the totals, but for `own_peak_bytes`: the peaks of processes come
// at different times, so that the peak of all is less than their sum. `peak_bytes`, what a process
// held at that moment, adds up.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "model/block_observer.h"
#include "model/profile.h"

namespace allocprof::model {

struct ProcessTotals {
  uint64_t allocations = 0;
  uint64_t allocated_bytes = 0;
  uint64_t frees = 0;
  uint64_t temporary = 0;
  uint64_t peak_bytes = 0;      // share at the peak of all
  uint64_t own_peak_bytes = 0;  // largest live bytes, at whatever time
  uint64_t leaked_bytes = 0;    // born in the window and never freed
  uint64_t leaked_blocks = 0;
  std::map<uint32_t, uint64_t> leaked_by_site;  // bytes; index into Profile::sites
};

class ProcessTotalsObserver final : public BlockObserver<ProcessTotalsObserver> {
 public:
  explicit ProcessTotalsObserver(const ReplayContext& context);

  void OnBirth(const Block& block, const Moment& at, const Block* reallocated_from);
  void OnDeath(const Block& block, const Moment& at, const Death& death);
  void OnOldDeath(const Block& block, const Moment& at, const Death& death);
  void OnUnknownFree(uint64_t address, const Moment& at);
  void OnProcessEnd(uint32_t process, uint64_t stamp, const std::vector<Block>& left) override;
  void Start(const std::vector<Block>& live) override;
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

  // By index of Trace::processes; valid after Finish.
  const std::vector<ProcessTotals>& processes() const { return processes_; }

 private:
  // As TotalsObserver keeps its sites' shares at the peak.
  struct Live {
    uint64_t bytes = 0;
    uint64_t bytes_at_peak = 0;
    uint64_t peak_epoch = 0;
  };

  uint32_t ProcessOf(uint32_t thread);
  void Touch(Live* l);
  void Drop(uint32_t process, uint64_t bytes);

  const std::vector<uint32_t>& numbers_;
  std::vector<uint32_t> process_of_number_;
  std::vector<uint32_t> process_of_thread_;
  std::vector<ProcessTotals> processes_;
  std::vector<Live> live_;
  uint64_t live_bytes_ = 0;
  uint64_t peak_bytes_ = 0;
  uint64_t peak_epoch_ = 1;
};

// nullptr for a trace of one process.
std::shared_ptr<Observer> MakeProcessTotals(const ReplayContext& context);

}  // namespace allocprof::model
