// SPDX-License-Identifier: Apache-2.0
//
// Every analysis of events that a profile is made with. A new one is a file and a row.
#pragma once

#include <memory>
#include <vector>

#include "model/block_observer.h"

namespace allocprof::model {

struct ObserverRow {
  const char* name;
  std::shared_ptr<Observer> (*make)(const ReplayContext&);  // nullptr: not for this trace
};

const std::vector<ObserverRow>& Observers();

}  // namespace allocprof::model
