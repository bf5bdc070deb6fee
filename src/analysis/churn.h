// SPDX-License-Identifier: Apache-2.0
//
// Churn told in functions: model/churn.h with plumbing folded.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <map>

#include "analysis/analysis.h"
#include "model/churn.h"

namespace allocprof::analysis {

struct FunctionChurn {
  model::Turns all;
  uint64_t in_call = 0;                 // of the turns: one call of the function itself made them
  uint64_t in_caller = 0;               // one call of its caller did
  std::map<uint32_t, uint64_t> stayed;  // turns by the function that stayed

  // By Frames::functions(); UINT32_MAX when there are no turns.
  uint32_t MostStayed() const;
};

// Adds a site's turns, `asking` being the function of its stack that they are counted for.
void AddChurn(const Input& in, uint32_t site, uint32_t asking, FunctionChurn* to);

}  // namespace allocprof::analysis
