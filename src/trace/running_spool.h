// SPDX-License-Identifier: Apache-2.0
//
// The spool of a process that goes on recording while it is read. A moment is taken before the
// first byte: events up to it are in the copy or in trace.json, which is read afterwards; later
// ones may be half there and do not count.
//
// A block that its thread has drained since may have been written over in the copy; the ring tells,
// when it is looked at again, and the block is then in trace.json. Thread-safety: functions without
// state.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace allocprof::trace {

// The same moment on both clocks that a recorder may use.
struct ReadMoment {
  uint64_t tsc = 0;
  uint64_t monotonic_ns = 0;
};

ReadMoment TakeMoment();

// Takes out of `bytes`, a copy of `spool` made before, what may have been written over since.
void SettleRings(std::ifstream* spool, std::string* bytes);

}  // namespace allocprof::trace
