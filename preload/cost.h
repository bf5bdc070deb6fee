// SPDX-License-Identifier: Apache-2.0
//
// What the real allocator's calls cost: a sample of them, about one in 260 of each thread's events,
// is timed and goes into the stream behind its event, with the size that the block really has.
// Units: of the stamp clock, less what an empty measurement takes. Cost of the sampling: some
// 100 ns for each one taken, hence 0.4 ns an event.
// REQUIRES, but for MeasureCostClock: inside the guard, thread ready.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "clock.h"

namespace allocprof {

struct Thread;

// Finds what an empty measurement takes. REQUIRES: the stamp clock has been chosen.
void MeasureCostClock();
uint64_t EmptyMeasurement();

// From the next event on the thread is armed; which of the next 16 is timed is left to chance, for
// programs repeat themselves with a period that divides any other number.
void ArmCost(Thread* t, uint64_t stamp);

// Time from construction to destruction, into Thread::cost.
class CostTimer {
 public:
  explicit CostTimer(Thread* t) : thread_(t), since_(FencedStamp()) {}
  ~CostTimer();
  CostTimer(const CostTimer&) = delete;
  CostTimer& operator=(const CostTimer&) = delete;

 private:
  Thread* thread_;
  uint64_t since_;
};

// Writes Thread::cost behind the event just written. `p` is its block if that is alive, or null.
// REQUIRES: there was room for two records before the event, so that it stands in the same block.
void EmitCost(Thread* t, void* p);

}  // namespace allocprof
