// SPDX-License-Identifier: Apache-2.0
//
// SplitUnit: the compilation unit that -gsplit-dwarf put into a .dwo file or a .dwp package.
//
// Owns: the libdw handle of that file. The linked file keeps a skeleton, which has the lines and
// the addresses; functions and inlined calls are here. A file found counts only if its unit has the
// skeleton's id: an object compiled again has another. Source: DWARF 5 section 3.1.3, appendix F.
// Thread-safety: none.
#pragma once

#include <elfutils/libdw.h>

#include <memory>
#include <string>

#include "symbols/elf_file.h"
#include "symbols/file_finder.h"
#include "symbols/split_package.h"
#include "symbols/split_ranges.h"

namespace allocprof::symbols {

// The file name that a skeleton gives for its unit; empty when the unit is none.
std::string SplitFileName(Dwarf_Die unit);

class SplitUnit {
 public:
  // `debug_file` is what `skeleton` was read from. `package` may be null. Both must outlive this.
  static std::unique_ptr<SplitUnit> Open(Dwarf_Die skeleton, const ElfFile& debug_file,
                                         const FileFinder& finder, const SplitPackage* package);
  ~SplitUnit();
  SplitUnit(const SplitUnit&) = delete;
  SplitUnit& operator=(const SplitUnit&) = delete;

  Dwarf_Die die() const { return die_; }
  const SplitRanges& ranges() const { return ranges_; }

 private:
  SplitUnit() = default;
  // Takes `elf` in which the unit must have `id`.
  bool Load(Elf* elf, uint64_t id, Dwarf_Die skeleton, const ElfFile& debug_file);

  std::unique_ptr<ElfFile> file_;  // null when the unit is in a package
  Elf* part_ = nullptr;            // of the package
  Dwarf* dwarf_ = nullptr;
  Dwarf_Die die_{};
  SplitRanges ranges_;
};

}  // namespace allocprof::symbols
