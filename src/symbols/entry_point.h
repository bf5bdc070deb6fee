// SPDX-License-Identifier: Apache-2.0
//
// MainFromEntryPoint: where a stripped executable's main() is.
//
// Owns: reading the start-up code at e_entry. glibc's x86-64 `_start` puts main's address into
// rdi, the first argument of __libc_start_main, and calls that.
// Source: glibc sysdeps/x86_64/start.S.
// Thread-safety: as ElfFile.
#pragma once

#include <cstdint>
#include <optional>

#include "symbols/elf_file.h"

namespace allocprof::symbols {

// The ELF virtual address of main(), or nothing when the start-up code is not of that shape or the
// machine is not x86-64.
std::optional<uint64_t> MainFromEntryPoint(const ElfFile& file);

}  // namespace allocprof::symbols
