// SPDX-License-Identifier: Apache-2.0
#include "symbols/function_index.h"

#include <dwarf.h>

#include "symbols/die_walk.h"

namespace allocprof::symbols {
namespace {

bool IsNamespace(int tag) { return tag == DW_TAG_namespace || tag == DW_TAG_module; }

// rustc and others put code into these; g++ and clang++ put it beside them and only refer back.
bool IsType(int tag) {
  return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type ||
         tag == DW_TAG_enumeration_type || tag == DW_TAG_interface_type;
}

bool IsCFamily(Dwarf_Die* unit) {
  switch (dwarf_srclang(unit)) {
    case DW_LANG_C:
    case DW_LANG_C89:
    case DW_LANG_C99:
    case DW_LANG_C11:
    case DW_LANG_C_plus_plus:
    case DW_LANG_C_plus_plus_03:
    case DW_LANG_C_plus_plus_11:
    case DW_LANG_C_plus_plus_14:
      return true;
    default:
      return false;
  }
}

}  // namespace

FunctionIndex::FunctionIndex(Dwarf_Die unit, const ElfFile& code, const SplitRanges* split)
    : unit_(unit), code_(code), split_(split), code_in_types_(!IsCFamily(&unit_)) {}

void FunctionIndex::Build(bool deep) {
  built_ = true;
  deep_ = deep;
  functions_.clear();
  ranges_ = RangeMap();
  Walk(unit_, deep, 0);
  ranges_.Seal();
}

void FunctionIndex::Walk(Dwarf_Die parent, bool deep, int depth) {
  if (depth > kMaxDieDepth) return;
  ForEachChild(parent, [&](Dwarf_Die die) {
    const int tag = dwarf_tag(&die);
    if (tag == DW_TAG_subprogram) {
      const uint32_t index = static_cast<uint32_t>(functions_.size());
      bool has_code = false;
      ForEachRange(die, split_, [&](uint64_t begin, uint64_t end) {
        if (!code_.IsCode(begin, end)) return;
        ranges_.Add(begin, end, index);
        has_code = true;
      });
      if (has_code) functions_.push_back({die, nullptr});
    }
    if (IsNamespace(tag) || (code_in_types_ && IsType(tag)) ||
        (deep && dwarf_haschildren(&die) > 0))
      Walk(die, deep, depth + 1);
  });
}

FunctionIndex::Function* FunctionIndex::Find(uint64_t address) {
  if (!built_) Build(false);
  std::optional<uint32_t> index = ranges_.Find(address);
  if (!index && !deep_) {
    Build(true);
    index = ranges_.Find(address);
  }
  if (!index) return nullptr;
  Function& function = functions_[*index];
  if (!function.inlines) function.inlines = std::make_unique<InlineFrames>(function.die, split_);
  return &function;
}

std::optional<uint64_t> FunctionIndex::EntryOf(std::string_view name) {
  std::optional<uint64_t> entry;
  ForEachChild(unit_, [&](Dwarf_Die die) {
    if (entry || dwarf_tag(&die) != DW_TAG_subprogram) return;
    const char* text = dwarf_diename(&die);
    if (text == nullptr || name != text) return;
    const std::optional<uint64_t> address = EntryAddress(die);
    if (address && code_.IsCode(*address, *address + 1)) entry = address;
  });
  return entry;
}

std::optional<uint64_t> FunctionIndex::EntryAddress(Dwarf_Die function) const {
  if (split_ != nullptr) return split_->Entry(function);
  Dwarf_Addr entry = 0;
  if (dwarf_entrypc(&function, &entry) != 0) return std::nullopt;
  return entry;
}

}  // namespace allocprof::symbols
