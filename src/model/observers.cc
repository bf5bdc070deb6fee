// SPDX-License-Identifier: Apache-2.0
#include "model/observers.h"

#include "model/allocator_cost.h"
#include "model/containment.h"
#include "model/leak_births.h"
#include "model/process_totals.h"
#include "model/thread_totals.h"
#include "model/timeline.h"
#include "model/totals.h"

namespace allocprof::model {
namespace {

template <typename Kind>
std::shared_ptr<Observer> Make(const ReplayContext& context) {
  return std::make_shared<Kind>(context);
}

}  // namespace

const std::vector<ObserverRow>& Observers() {
  static const std::vector<ObserverRow> kRows = {
      {"totals", Make<TotalsObserver>},
      {"threads", Make<ThreadTotalsObserver>},
      {"timeline", Make<TimelineObserver>},
      {"leak births", Make<LeakBirthsObserver>},
      {"containment", Make<Containment>},
      {"allocator", Make<AllocatorCost>},
      {"processes", MakeProcessTotals},
  };
  return kRows;
}

}  // namespace allocprof::model
