// SPDX-License-Identifier: Apache-2.0
#include "model/leak_births.h"

#include <algorithm>

namespace allocprof::model {

void LeakBirthsObserver::Finish(const ReplayEnd& /*end*/, const std::vector<Block>& live,
                                Profile* /*profile*/) {
  for (const Block& block : live) {
    if (block.old) continue;
    if (block.site >= sites_.size()) sites_.resize(block.site + 1);
    LeakBirths& site = sites_[block.site];
    if (site.first == 0) {
      site = {block.born, block.born, block.size, block.size};
      continue;
    }
    site.first = std::min(site.first, block.born);
    site.last = std::max(site.last, block.born);
    site.size_min = std::min(site.size_min, block.size);
    site.size_max = std::max(site.size_max, block.size);
  }
}

}  // namespace allocprof::model
