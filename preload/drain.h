// SPDX-License-Identifier: Apache-2.0
//
// From ring to trace.json: a full block becomes one chunk line.
//
// The protocol: a ring has one drainer at a time (its claim word); the line is written, then the
// tail advances. A death between the two leaves the block in both places, and the reader counts a
// ring position once. The owner drains when its ring is full; the final drain takes all rings.
#pragma once

#include <stdint.h>

#include "wire/spool.h"

namespace allocprof {

struct Thread;

// Begins a new block in the thread's ring, draining the ring first if it is full. False when the
// thread has no ring any more.
bool NextBlock(Thread* t);

// Adds what the current block holds to what the thread has counted. REQUIRES: a new one begins.
void CountBlock(Thread* t);

// Writes all blocks, the current one too, of the calling thread's own ring.
void DrainOwn(Thread* t);

// Ends the trace: takes T_end, drains all rings with a bounded wait, writes the end record, removes
// the spool. Only the first call does anything.
void FinalDrain(wire::Ending ending, int status);

// The drain of a ring whose owner is gone. REQUIRES: `t` was claimed for reuse.
void DrainForReuse(Thread* t);

}  // namespace allocprof
