// SPDX-License-Identifier: Apache-2.0
//
// FunctionIndex: the functions of one compilation unit by address.
//
// Owns: finding the subprogram DIE that holds an address, wherever compilers nest it.
// Cost: the first lookup walks namespaces and, for languages that put code there, types. Only an
// address this leaves unnamed makes it walk the whole unit, once, for nested functions.
// Thread-safety: none.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "symbols/elf_file.h"
#include "symbols/inline_frames.h"
#include "symbols/range_map.h"
#include "symbols/split_ranges.h"

namespace allocprof::symbols {

class FunctionIndex {
 public:
  // `code` tells which ranges are real: linkers leave the debug info of functions they dropped,
  // moved to address 0 or 1. `split` is as ForEachRange has it. Both must outlive this object.
  FunctionIndex(Dwarf_Die unit, const ElfFile& code, const SplitRanges* split);

  struct Function {
    Dwarf_Die die;
    std::unique_ptr<InlineFrames> inlines;  // made at the first lookup
  };
  // Null when no function holds `address`. Valid until the next call.
  Function* Find(uint64_t address);

  // Entry address of the function whose DW_AT_name is `name`, if this unit defines it outside any
  // namespace or type.
  std::optional<uint64_t> EntryOf(std::string_view name);

  // Where a function of this unit is entered; nothing for one without code.
  std::optional<uint64_t> EntryAddress(Dwarf_Die function) const;

 private:
  void Build(bool deep);
  void Walk(Dwarf_Die parent, bool deep, int depth);

  Dwarf_Die unit_;
  const ElfFile& code_;
  const SplitRanges* split_;
  bool code_in_types_;
  bool built_ = false;
  bool deep_ = false;
  std::vector<Function> functions_;
  RangeMap ranges_;  // values are indexes into functions_
};

}  // namespace allocprof::symbols
