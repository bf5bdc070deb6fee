// SPDX-License-Identifier: Apache-2.0
//
// The names that a program gives to regions and pools: numbered by content, each told to the trace
// once, before its first use.
//
// Owns nothing: the table is part of Process, so a forked child tells its names anew.
// Thread-safety: lock-free, insert only. Cost: a hash of the name and a look-up.
#pragma once

#include <stdint.h>

namespace allocprof {

// From 1; 0 when the table is full. REQUIRES: recording.
uint32_t NameId(const char* name);

}  // namespace allocprof
