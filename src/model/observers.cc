// SPDX-License-Identifier: Apache-2.0
#include "model/observers.h"

#include "model/allocator_cost.h"
#include "model/containment.h"
#include "model/die_together.h"
#include "model/frees_by_stack.h"
#include "model/growth.h"
#include "model/hand_overs.h"
#include "model/leak_ages.h"
#include "model/lifetimes.h"
#include "model/live_at.h"
#include "model/mapped_blocks.h"
#include "model/pools.h"
#include "model/process_totals.h"
#include "model/region_totals.h"
#include "model/slack.h"
#include "model/thread_totals.h"
#include "model/timeline.h"
#include "model/totals.h"

namespace allocprof::model {
namespace {

template <typename Kind>
std::shared_ptr<Observer> Make(const ReplayContext& context) {
  return std::make_shared<Kind>(context);
}

std::shared_ptr<Observer> MakeLiveAt(const ReplayContext& context) {
  return context.at ? std::make_shared<LiveAt>(context) : nullptr;
}

std::shared_ptr<Observer> MakeFreesByStack(const ReplayContext& context) {
  return context.frees ? std::make_shared<FreesByStack>(context) : nullptr;
}

}  // namespace

const std::vector<ObserverRow>& Observers() {
  static const std::vector<ObserverRow> kRows = {
      {"totals", Make<TotalsObserver>},
      {"threads", Make<ThreadTotalsObserver>},
      {"timeline", Make<TimelineObserver>},
      {"containment", Make<Containment>},
      {"allocator", Make<AllocatorCost>},
      {"processes", MakeProcessTotals},
      {"live_at", MakeLiveAt},
      {"lifetimes", Make<Lifetimes>},
      {"growth", Make<Growth>},
      {"die_together", Make<DieTogether>},
      {"hand_overs", Make<HandOvers>},
      {"leak_ages", Make<LeakAges>},
      {"slack", Make<Slack>},
      {"mapped_blocks", Make<MappedBlocks>},
      {"regions", Make<RegionTotals>},
      {"pools", Make<Pools>},
      {"frees_by_stack", MakeFreesByStack},
  };
  return kRows;
}

}  // namespace allocprof::model
