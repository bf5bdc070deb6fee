// SPDX-License-Identifier: Apache-2.0
//
// The spool file: made before the trace, grown by a ring for each thread more than there are rings
// free, removed when the trace is complete. Layout: src/wire/spool.h.
// Its space is reserved with fallocate, so that a full disk is an error here and not a SIGBUS in
// the program; where no file can be had the memory is anonymous, which survives no crash.
#pragma once

#include <stdint.h>

#include "wire/spool.h"

namespace allocprof {

enum class SpoolResult {
  kCreated,
  kAnonymous,  // not on disk
  kInUse,      // a live process is writing this trace
  kNoMemory,   // nor any for the rings
};

// Creates process->spool at process->spool_path; a leftover of a dead process is replaced.
SpoolResult CreateSpool();

// A new ring, zeroed; nullptr when there is no memory.
wire::RingHeader* NewRing();

void RemoveSpool();

// True if `n` more bytes at `offset` would pass RLIMIT_FSIZE, which would raise SIGXFSZ.
bool PassesFileLimit(uint64_t offset, uint64_t n);

}  // namespace allocprof
