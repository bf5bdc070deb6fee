// SPDX-License-Identifier: Apache-2.0
//
// Imports: what the pointers that the loader fills in will point at.
//
// Owns: the dynamic relocations of one file, by slot. A call through the PLT or the GOT leads to a
// name, or to an address of the same file. Names are valid as long as the file.
// Source: x86-64 psABI 1.0, "Relocation" and "Procedure Linkage Table". Thread-safety: none.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "symbols/elf_file.h"

namespace allocprof::symbols {

struct ImportTarget {
  std::string_view name;  // raw, without version; empty for a bare address
  uint64_t address = 0;   // in the same file; 0 = elsewhere
};

class Imports {
 public:
  // `file` must outlive this.
  explicit Imports(const ElfFile& file);

  // What the 8 bytes at `slot` will hold; an empty target when no relocation fills them.
  ImportTarget OfSlot(uint64_t slot) const;
  // The same for the code at `address`, when it is a PLT entry: a jump through a slot.
  ImportTarget OfStub(uint64_t address) const;

 private:
  const ElfFile& file_;
  std::unordered_map<uint64_t, ImportTarget> slots_;
};

}  // namespace allocprof::symbols
