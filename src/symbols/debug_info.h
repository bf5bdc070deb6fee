// SPDX-License-Identifier: Apache-2.0
//
// DebugInfo: source locations of addresses from one file's DWARF.
//
// Owns: the libdw handles of a file and of its dwz alt file, the address index of compilation units
// and, through it, every cache below. The unit index is built from the units' own ranges, because
// clang and rustc write no .debug_aranges and mixed programs have it for some units only.
// Addresses are ELF virtual addresses; libdw is used without dwfl, which would shift them and
// could ask debuginfod.
// Source: DWARF 2 to 5 as libdw 0.188 reads them; split_unit.h has what it does not.
// Thread-safety: none.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "symbols/die_name.h"
#include "symbols/elf_file.h"
#include "symbols/frame.h"
#include "symbols/function_index.h"
#include "symbols/range_map.h"
#include "symbols/split_unit.h"

namespace allocprof::symbols {

class DebugInfo {
 public:
  // Null when `file` has no usable debug info. `file` holds the DWARF, `code` the program headers
  // (a stripped module and its debug file are two files), `module_path` the name as recorded. All
  // but the last must outlive this object.
  static std::unique_ptr<DebugInfo> Open(const ElfFile& file, const ElfFile& code,
                                         const FileFinder& finder, const std::string& module_path);
  ~DebugInfo();
  DebugInfo(const DebugInfo&) = delete;
  DebugInfo& operator=(const DebugInfo&) = delete;

  struct Location {
    std::vector<Frame> frames;  // innermost first; empty when nothing is known
    const FunctionName* function =
        nullptr;  // of the last frame; null when no DIE holds the address
  };
  Location Find(uint64_t address);

  // Entry of the function holding `address`.
  std::optional<uint64_t> FunctionStart(uint64_t address);
  // Entry of the function with this DW_AT_name. Cost: walks the top level of every unit.
  std::optional<uint64_t> EntryOf(std::string_view name);

  // Files of split units that were asked about and are nowhere, as the skeletons name them.
  const std::vector<std::string>& missing_split_files() const { return missing_split_files_; }

 private:
  struct Unit {
    Dwarf_Die die;                             // of a split unit the skeleton
    std::unique_ptr<SplitUnit> split;          // null when whole, or nowhere to be found
    std::unique_ptr<FunctionIndex> functions;  // made at the first address
  };

  DebugInfo(Dwarf* dwarf, const ElfFile& file, const ElfFile& code, const FileFinder& finder,
            const std::string& module_path);
  void IndexUnits();
  void Open(Unit* unit);
  Unit* UnitAt(uint64_t address);
  std::string PathIn(Dwarf_Die unit, const char* path) const;
  void SetLineFromTable(Dwarf_Die unit, uint64_t address, Frame* frame) const;
  // The place an inlined function was called from is the line of the frame around it.
  void SetLineFromCall(Dwarf_Die unit, Dwarf_Die inlined, Frame* frame) const;

  Dwarf* dwarf_;
  Dwarf* alt_ = nullptr;
  std::unique_ptr<ElfFile> alt_file_;
  const ElfFile& file_;
  const ElfFile& code_;
  const FileFinder& finder_;
  const std::string module_path_;
  std::unique_ptr<SplitPackage> package_;
  bool package_sought_ = false;
  std::vector<std::string> missing_split_files_;
  std::vector<Unit> units_;
  RangeMap unit_ranges_;  // values are indexes into units_
  DieNames names_;
};

}  // namespace allocprof::symbols
