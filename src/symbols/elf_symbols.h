// SPDX-License-Identifier: Apache-2.0
//
// ElfSymbols: names of addresses from .symtab and .dynsym.
//
// Owns: which symbol speaks for an address. A symbol names only what lies inside its size; one
// without size reaches to the next symbol or its section's end, and only where no sized symbol is.
// The nearest symbol is never blamed. Of aliases, a global beats a local one, a function beats an
// untyped one, fewer leading underscores beat more (malloc, not __libc_malloc), then the shorter
// and then the alphabetically first.
// Source: ELF gABI 4.1, "Symbol Table".
// Thread-safety: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "symbols/elf_file.h"
#include "symbols/range_map.h"

namespace allocprof::symbols {

class ElfSymbols {
 public:
  // Takes every symbol table of `file`; call it for the module and for its debug file, then Seal().
  // Keeps pointers into `file`, which must outlive this object.
  void Add(const ElfFile& file);
  void Seal();

  struct Match {
    uint64_t start;         // st_value
    std::string_view name;  // demangled, without symbol version; valid as long as this object
  };
  std::optional<Match> Find(uint64_t address);

  // Start of the function with this exact raw name, the lowest when there are several.
  std::optional<uint64_t> StartOf(std::string_view name) const;

 private:
  struct Symbol {
    uint64_t start;
    uint64_t end;  // the section's end for a symbol without size
    std::string_view name;
    bool sized;
    bool global;
    bool function;
    uint32_t underscores;
  };

  void AddTable(const ElfFile& file, Elf_Scn* section, uint64_t link, uint64_t entry_size);
  static bool Better(const Symbol& a, const Symbol& b);

  std::vector<Symbol> symbols_;  // sorted by Seal(), the worst alias first
  RangeMap sized_;
  RangeMap unsized_;
  std::unordered_map<uint32_t, std::string> demangled_;
};

}  // namespace allocprof::symbols
