// SPDX-License-Identifier: Apache-2.0
//
// DieNames: names of functions as debug info tells them.
//
// Owns: the walk from a concrete or inlined function to its declaration (abstract_origin,
// specification, also into a dwz alt file), and the enclosing scopes of a function that has no
// linkage name: static C++ functions and members of local classes, read as Outer::Inner::function.
// Source: DWARF 5 sections 2.22 (linkage names) and 3.3.8 (inlined subroutines).
// Cost: one listing of the children of every scope met, then a binary search for each new name.
// Thread-safety: none.
#pragma once

#include <elfutils/libdw.h>

#include <string>
#include <unordered_map>
#include <vector>

namespace allocprof::symbols {

struct FunctionName {
  std::string text;           // demangled or qualified; empty when the debug info has none
  std::string plain;          // DW_AT_name alone, else an unmangled linkage name
  bool from_linkage = false;  // `text` is a demangled C++ or Rust linkage name
};

class DieNames {
 public:
  // Without this call, references into the alt file are taken as missing.
  void AllowAltFile() { alt_allowed_ = true; }

  // `function` is a subprogram or an inlined_subroutine. The reference lives as long as this.
  const FunctionName& NameOf(Dwarf_Die function);

 private:
  const char* LinkageNameOf(Dwarf_Die* die) const;
  // One step towards the declaration.
  bool OriginOf(Dwarf_Die* die, Dwarf_Die* origin) const;
  std::string Qualify(Dwarf_Die declaration, const std::string& plain);
  const std::vector<Dwarf_Die>& ChildrenOf(Dwarf_Die scope);

  bool alt_allowed_ = false;
  // Keyed by where the DIE lies in memory: unique across a file and its alt file.
  std::unordered_map<const void*, FunctionName> names_;
  std::unordered_map<const void*, std::vector<Dwarf_Die>> children_;
};

}  // namespace allocprof::symbols
