// SPDX-License-Identifier: Apache-2.0
//
// When the blocks were born that are live at the end, and how large they are, by site.
//
// Cost: nothing during the replay. Units: stamps, bytes.
#pragma once

#include <vector>

#include "model/block_observer.h"

namespace allocprof::model {

struct LeakBirths {
  uint64_t first = 0;  // stamps; 0: no block of the site is live
  uint64_t last = 0;
  uint64_t size_min = 0;
  uint64_t size_max = 0;
};

class LeakBirthsObserver final : public BlockObserver<LeakBirthsObserver> {
 public:
  explicit LeakBirthsObserver(const ReplayContext&) {}

  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

  // By site; those without live blocks may be missing at the end.
  const std::vector<LeakBirths>& sites() const { return sites_; }

 private:
  std::vector<LeakBirths> sites_;
};

}  // namespace allocprof::model
