// SPDX-License-Identifier: Apache-2.0
#include "cost.h"

#include "emit.h"
#include "real.h"
#include "thread.h"

namespace allocprof {
namespace {

uint64_t empty_measurement = 0;

}  // namespace

void MeasureCostClock() {
  uint64_t least = UINT64_MAX;
  for (int i = 0; i < 16; i++) {
    const uint64_t since = FencedStamp();
    const uint64_t took = FencedStamp() - since;
    if (took < least) least = took;
  }
  empty_measurement = least;
}

uint64_t EmptyMeasurement() { return empty_measurement; }

void ArmCost(Thread* t, uint64_t stamp) {
  if (t->ready == kDenied) return;  // which says more than the cost of a call
  t->cost_skip = stamp >> 3 & 15;
  t->ready = kArmed;
}

CostTimer::~CostTimer() {
  const uint64_t took = FencedStamp() - since_;
  thread_->cost = took > empty_measurement ? took - empty_measurement : 0;
}

void EmitCost(Thread* t, void* p) {
  const uint64_t usable = p != nullptr && real.usable_size != nullptr ? real.usable_size(p) : 0;
  t->cursor =
      wire::EncodeRecord(t->cursor, wire::Record::kExtended,
                         static_cast<uint8_t>(wire::Extended::kCost), t->cost, usable, 0, 0);
}

}  // namespace allocprof
