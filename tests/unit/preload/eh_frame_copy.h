// SPDX-License-Identifier: Apache-2.0
//
// This program's .eh_frame_hdr and .eh_frame as bytes of exactly their size, which a test may
// break.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cfi.h"
#include "support/exact_bytes.h"

namespace allocprof {

struct EhFrame {
  std::string bytes;                 // header, then table, then entries
  uintptr_t origin;                  // where they are mapped
  std::vector<uintptr_t> functions;  // starts of what they cover, where mapped
};

EhFrame ThisProgramsEhFrame();

// The rule at a function, `offset` bytes into it, from a copy of the tables that may be damaged.
// Entries are relative to themselves: the copy speaks of functions as far away as the originals.
Rule RuleFromCopy(const test::ExactBytes& copy, const EhFrame& original, uintptr_t function,
                  uintptr_t offset);

}  // namespace allocprof
