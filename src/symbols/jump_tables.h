// SPDX-License-Identifier: Apache-2.0
//
// Where the indirect jumps of a function may go: the tables that compilers make of switches.
//
// Source: what GCC, Clang and rustc emit: offsets of 4 bytes relative to the table, in position
// independent code; pointers of 8 bytes else, and for computed goto.
// Limits: a table is read up to the first entry that does not lead into the function, or to where
// another begins; an entry too many makes a path too many, never one too few.
// Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "symbols/elf_file.h"
#include "symbols/imports.h"
#include "symbols/instructions.h"

namespace allocprof::symbols {

// The targets of the jump instructions[at]; empty when no table is found for it. `inside` says
// whether an address is code of the function. With `anywhere`, a jump that no table is named close
// by for may be by any that the function names.
std::vector<uint64_t> JumpTargets(const ElfFile& file, const Imports& imports,
                                  const std::vector<Instruction>& instructions, size_t at,
                                  bool anywhere, const std::function<bool(uint64_t)>& inside);

}  // namespace allocprof::symbols
