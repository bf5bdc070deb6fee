// SPDX-License-Identifier: Apache-2.0
//
// FindDebugFile, FindAltFile: the separate files a module's debug info may live in.
//
// Owns: the search order and the proof that a file found belongs to the module. A wrong file is
// worse than none, so every candidate must show the module's build-id, or for a .gnu_debuglink
// without build-ids the recorded CRC. Only the disk is asked, never debuginfod.
// Source: GDB manual, "Separate Debug Files"; DWARF 5 section 7.3.6 and dwz(1) for alt files.
// Thread-safety: as ElfFile.
#pragma once

#include <elfutils/libdw.h>

#include <memory>
#include <string>

#include "symbols/elf_file.h"
#include "symbols/options.h"

namespace allocprof::symbols {

// The debug file of `module`, recorded as `module_path` (without sysroot). Order: .gnu_debuglink
// beside the module, in .debug/ there, under each debug dir; then each debug dir's .build-id/.
// Null when there is none.
std::unique_ptr<ElfFile> FindDebugFile(const ElfFile& module, const std::string& module_path,
                                       const Options& options);

// The file that .gnu_debugaltlink in `dwarf`, read from `debug_file`, points to. Null when there is
// no such section or no file with the build-id it names.
std::unique_ptr<ElfFile> FindAltFile(Dwarf* dwarf, const ElfFile& debug_file,
                                     const Options& options);

}  // namespace allocprof::symbols
