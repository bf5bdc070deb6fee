// SPDX-License-Identifier: Apache-2.0
#include "symbols/die_name.h"

#include <dwarf.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "symbols/demangle.h"
#include "symbols/die_walk.h"

namespace allocprof::symbols {
namespace {

// How a scope reads inside a qualified name; empty when it adds nothing.
std::string ScopeName(Dwarf_Die* scope, const std::string& name) {
  switch (dwarf_tag(scope)) {
    case DW_TAG_namespace:
      return name.empty() ? "(anonymous namespace)" : name;
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_interface_type:
      return name.empty() ? "(anonymous class)" : name;
    case DW_TAG_enumeration_type:
    case DW_TAG_module:
    case DW_TAG_subprogram:
      return name;
    default:
      return {};
  }
}

// Without scopes to qualify with: saves listing the children of every C unit.
bool IsFlatLanguage(Dwarf_Die* unit) {
  switch (dwarf_srclang(unit)) {
    case DW_LANG_C:
    case DW_LANG_C89:
    case DW_LANG_C99:
    case DW_LANG_C11:
    case DW_LANG_Mips_Assembler:
      return true;
    default:
      return false;
  }
}

}  // namespace

const char* DieNames::LinkageNameOf(Dwarf_Die* die) const {
  const char* name = FindString(die, DW_AT_linkage_name, alt_allowed_);
  return *name != '\0' ? name : FindString(die, DW_AT_MIPS_linkage_name, alt_allowed_);
}

bool DieNames::OriginOf(Dwarf_Die* die, Dwarf_Die* origin) const {
  for (const unsigned attribute : {DW_AT_abstract_origin, DW_AT_specification}) {
    Dwarf_Attribute memory;
    Dwarf_Attribute* found = FindAttribute(die, attribute, alt_allowed_, &memory);
    if (found != nullptr && dwarf_formref_die(found, origin) != nullptr) return true;
  }
  return false;
}

const FunctionName& DieNames::NameOf(Dwarf_Die function) {
  std::string_view mangled;
  std::string_view unmangled;  // C has linkage names too, such as __GI___libc_malloc
  std::string_view plain;
  Dwarf_Die die = function;
  const void* key = nullptr;
  for (int step = 0; step < kMaxOriginSteps; ++step) {
    const std::string_view linkage = LinkageNameOf(&die);
    const bool is_mangled = linkage.starts_with("_Z") || linkage.starts_with("_R");
    if (is_mangled && mangled.empty()) {
      mangled = linkage;
      key = die.addr;
    }
    if (unmangled.empty()) unmangled = linkage;
    if (plain.empty()) plain = FindString(&die, DW_AT_name, alt_allowed_);
    Dwarf_Die origin;
    if (!OriginOf(&die, &origin)) break;
    die = origin;
  }
  // Keyed by where the name was found: the inlined copies of one function share it.
  auto [entry, fresh] = names_.try_emplace(key != nullptr ? key : die.addr);
  FunctionName& name = entry->second;
  if (!fresh) return name;
  name.plain = !plain.empty() ? plain : unmangled;
  name.text = Demangle(mangled);
  name.from_linkage = name.text != mangled;
  if (!name.from_linkage) name.text = Qualify(die, name.plain);
  return name;
}

std::string DieNames::Qualify(Dwarf_Die declaration, const std::string& plain) {
  Dwarf_Die scope;
  if (plain.empty() || dwarf_diecu(&declaration, &scope, nullptr, nullptr) == nullptr) return plain;
  if (IsFlatLanguage(&scope)) return plain;
  // libdw has no way up, so go down: a DIE's descendants lie between it and its next sibling.
  std::string qualified;
  for (int depth = 0; depth < kMaxDieDepth; ++depth) {
    const std::vector<Dwarf_Die>& children = ChildrenOf(scope);
    auto after = std::upper_bound(
        children.begin(), children.end(), declaration.addr,
        [](const void* address, const Dwarf_Die& die) { return address < die.addr; });
    if (after == children.begin()) break;
    scope = *std::prev(after);
    if (scope.addr == declaration.addr) break;
    const std::string part = ScopeName(&scope, FindString(&scope, DW_AT_name, alt_allowed_));
    if (!part.empty()) qualified += part + "::";
  }
  return qualified + plain;
}

const std::vector<Dwarf_Die>& DieNames::ChildrenOf(Dwarf_Die scope) {
  auto [entry, fresh] = children_.try_emplace(scope.addr);
  if (fresh) {
    ForEachChild(scope, [&children = entry->second](Dwarf_Die die) { children.push_back(die); });
  }
  return entry->second;
}

}  // namespace allocprof::symbols
