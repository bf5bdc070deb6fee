// SPDX-License-Identifier: Apache-2.0
//
// Walking DWARF entries (DIEs) without trusting them.
//
// Owns: iteration over children and over address ranges, with the bounds that keep damaged debug
// info from costing more than its size. Errors end a walk early; nothing is reported.
// Source: DWARF 5 sections 2.3 and 2.17; libdw 0.188.
// Thread-safety: as libdw, none.
#pragma once

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "symbols/split_ranges.h"

namespace allocprof::symbols {

// Deeper nesting than compilers make; a recursion guard.
constexpr int kMaxDieDepth = 512;
// Steps from a concrete function to its declaration; three are usual.
constexpr int kMaxOriginSteps = 16;

// The attribute, or null. `alt_allowed` is whether the alt file is known to be the right one: libdw
// opens what it finds under that name without comparing build-ids, so its word is not taken.
inline Dwarf_Attribute* FindAttribute(Dwarf_Die* die, unsigned name, bool alt_allowed,
                                      Dwarf_Attribute* memory) {
  Dwarf_Attribute* found = dwarf_attr(die, name, memory);
  if (found == nullptr || alt_allowed) return found;
  switch (dwarf_whatform(found)) {
    case DW_FORM_GNU_ref_alt:
    case DW_FORM_GNU_strp_alt:
    case DW_FORM_ref_sup4:
    case DW_FORM_ref_sup8:
    case DW_FORM_strp_sup:
      return nullptr;
    default:
      return found;
  }
}

// The text of an attribute; empty when it is missing or unreadable. As FindAttribute.
inline const char* FindString(Dwarf_Die* die, unsigned name, bool alt_allowed) {
  Dwarf_Attribute memory;
  Dwarf_Attribute* found = FindAttribute(die, name, alt_allowed, &memory);
  const char* text = found != nullptr ? dwarf_formstring(found) : nullptr;
  return text != nullptr ? text : "";
}

// Calls visit(Dwarf_Die) for each direct child, in file order.
template <typename Visit>
void ForEachChild(Dwarf_Die parent, Visit&& visit) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  for (;;) {
    visit(child);
    Dwarf_Die next;
    // Siblings only ever move forward; anything else would be a loop.
    if (dwarf_siblingof(&child, &next) != 0 || next.addr <= child.addr) return;
    child = next;
  }
}

// The number of an attribute; nothing when it is missing or of another class.
inline std::optional<uint64_t> NumberOf(Dwarf_Die* die, unsigned name) {
  Dwarf_Attribute memory;
  Dwarf_Word value = 0;
  Dwarf_Attribute* found = dwarf_attr(die, name, &memory);
  if (found == nullptr || dwarf_formudata(found, &value) != 0) return std::nullopt;
  return value;
}

// Calls visit(begin, end) for each address range of a DIE: low_pc/high_pc or ranges. `split` is
// that of the DIE's unit; null for a unit that is whole.
template <typename Visit>
void ForEachRange(Dwarf_Die die, const SplitRanges* split, Visit&& visit) {
  if (split != nullptr) {
    split->ForEach(die, visit);
    return;
  }
  Dwarf_Addr base = 0;
  Dwarf_Addr begin = 0;
  Dwarf_Addr end = 0;
  for (ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &begin, &end)) > 0;) {
    visit(begin, end);
  }
}

}  // namespace allocprof::symbols
