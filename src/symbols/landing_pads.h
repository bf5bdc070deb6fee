// SPDX-License-Identifier: Apache-2.0
//
// Where an exception that passes a call goes on: the call-site table of a function part.
//
// Errors: a table that is not what it should be ends where that shows. Owns: nothing.
// Source: the Itanium C++ ABI's exception tables as GCC, Clang and rustc write them
// (gcc/except.cc, output_one_function_exception_table). Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "symbols/elf_file.h"
#include "symbols/function_parts.h"

namespace allocprof::symbols {

struct LandingPad {
  uint64_t begin, end;  // calls in [begin, end)
  uint64_t pad;
};

std::vector<LandingPad> ReadLandingPads(const ElfFile& file, const FunctionPart& part);

}  // namespace allocprof::symbols
