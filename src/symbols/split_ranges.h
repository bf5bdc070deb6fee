// SPDX-License-Identifier: Apache-2.0
//
// Addresses in split units: their entries (DIEs) name addresses by index into a table that stayed
// in the linked file.
//
// Owns: the reading of low_pc, high_pc and ranges of such entries. libdw does this only for a file
// that it has found by itself, in its own places and never in a package.
// The bytes are hostile: an index or offset that points outside ends the walk.
// Source: DWARF 5 sections 2.17.3, 7.25 and 7.27; gcc.gnu.org/wiki/DebugFission for DWARF 4.
// Thread-safety: const.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace allocprof::symbols {

class SplitRanges {
 public:
  using Visit = std::function<void(uint64_t begin, uint64_t end)>;

  struct Sections {
    int version = 5;             // of the unit
    uint64_t base = 0;           // low_pc of the skeleton
    std::string_view info;       // .debug_info.dwo: what the unit's entries lie in
    std::string_view addresses;  // .debug_addr, from the unit's own part on
    std::string_view ranges;     // DWARF 5: .debug_rnglists.dwo; 4: .debug_ranges, from its part on
  };

  SplitRanges() = default;
  explicit SplitRanges(Sections sections) : sections_(sections) {}

  void ForEach(Dwarf_Die die, const Visit& visit) const;
  std::optional<uint64_t> Entry(Dwarf_Die die) const;

 private:
  std::optional<uint64_t> AddressAt(uint64_t index) const;
  std::optional<uint64_t> AddressOf(Dwarf_Attribute* attribute) const;
  void ForEachIn4(uint64_t offset, const Visit& visit) const;
  void ForEachIn5(uint64_t offset, const Visit& visit) const;

  Sections sections_;
};

}  // namespace allocprof::symbols
