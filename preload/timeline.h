// SPDX-License-Identifier: Apache-2.0
//
// The plain records of a trace that carry time and resources: samples (clock pair, memory) and the
// end record.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "wire/spool.h"

namespace allocprof {

struct Thread;

// Called by an event whose stamp has reached t->next_tick: writes a sample, at most one every 10 ms
// in the process. Costs 5 us when it does.
void Tick(Thread* t, uint64_t stamp);

// Stamp units from the start to the first sample, before the clock's rate has been measured.
uint64_t FirstTickAfter();

// The last record and the end of the document. False if it could not be written.
bool WriteEndRecord(wire::Ending ending, int status, uint64_t end_stamp, char* buffer, size_t room);

}  // namespace allocprof
