// SPDX-License-Identifier: Apache-2.0
//
// Several processes as one trace: what all who read a Trace then see is one timeline, one live set,
// and threads and modules of all.
//
// Addresses of process n get n in their top 16 bits, so that blocks and code of two processes are
// never taken for each other; the addresses within modules stay, so that the same code is the same
// location in whichever process it ran. Threads are numbered anew. Times are those of the first
// process's clock: on one machine all processes share it; others are set beside it by the time of
// day, and that is told as damage.
#pragma once

#include <memory>
#include <vector>

#include "trace/trace.h"
#include "wire/block_reader.h"

namespace allocprof::trace {

inline constexpr size_t kMaxProcesses = 1 << 16;

// Makes `whole` the trace of all `parts`, each of one process, and keeps them. A process that is
// there twice counts once. REQUIRES: !parts.empty()
void Combine(std::vector<std::shared_ptr<Trace>> parts, Trace* whole);

// Makes `trace` the trace of the one process that it holds.
void FillSingleProcess(Trace* trace);

// What `e`, as decoded from a chunk of `process`, is in the trace.
inline void Place(const Process& process, wire::Event* e) {
  // 0 is no address, kCutPc no code, and a region's name is a number of its process.
  const bool region = e->kind == wire::Record::kExtended &&
                      e->flags == static_cast<uint8_t>(wire::Extended::kRegion);
  if (e->address > wire::kCutPc && !region) e->address += process.tag;
  if (!process.clock.same) e->stamp = process.clock(e->stamp);
}

}  // namespace allocprof::trace
