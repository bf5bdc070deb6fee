// SPDX-License-Identifier: Apache-2.0
//
// SplitPackage: a .dwp file, in which the .dwo files of a program are put together.
//
// Owns: the package's file and its index of units. libdw 0.188 reads no packages: here a unit's
// parts of the sections are handed out as an ELF of their own, without copying them.
// The index is hostile: a part that lies outside its section makes the unit unknown.
// Source: DWARF 5 section 7.3.5; gcc.gnu.org/wiki/DebugFissionDWP for DWARF 4.
// Thread-safety: none, as ElfFile.
#pragma once

#include <libelf.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "symbols/elf_file.h"

namespace allocprof::symbols {

class SplitPackage {
 public:
  // Null when `file` is no package.
  static std::unique_ptr<SplitPackage> Open(std::unique_ptr<ElfFile> file);

  // What a .dwo file with this one unit would hold; the caller ends it with elf_end before this
  // object goes. Null when the unit is not here.
  Elf* Unit(uint64_t id) const;

 private:
  explicit SplitPackage(std::unique_ptr<ElfFile> file) : file_(std::move(file)) {}
  bool ReadIndex();

  std::unique_ptr<ElfFile> file_;
  uint64_t version_ = 0;
  uint64_t columns_ = 0, units_ = 0;
  std::string_view kinds_;    // of each column, u32
  std::string_view offsets_;  // units_ rows of columns_ u32
  std::string_view sizes_;
  std::unordered_map<uint64_t, uint64_t> rows_;  // by unit id
};

}  // namespace allocprof::symbols
