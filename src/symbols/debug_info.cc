// SPDX-License-Identifier: Apache-2.0
#include "symbols/debug_info.h"

#include <dwarf.h>

#include <utility>

#include "symbols/die_walk.h"
#include "symbols/source_path.h"

namespace allocprof::symbols {
namespace {

int ToLine(uint64_t line) { return line <= INT32_MAX ? static_cast<int>(line) : 0; }

}  // namespace

std::unique_ptr<DebugInfo> DebugInfo::Open(const ElfFile& file, const ElfFile& code,
                                           const FileFinder& finder,
                                           const std::string& module_path) {
  if (!file.HasDebugInfo()) return nullptr;
  Dwarf* dwarf = dwarf_begin_elf(file.elf(), DWARF_C_READ, nullptr);
  if (dwarf == nullptr) return nullptr;
  std::unique_ptr<DebugInfo> info(new DebugInfo(dwarf, file, code, finder, module_path));
  // Before the first DIE is read: libdw would look for the alt file by itself, in its own places.
  info->alt_file_ = finder.AltFile(dwarf, file);
  if (info->alt_file_) {
    info->alt_ = dwarf_begin_elf(info->alt_file_->elf(), DWARF_C_READ, nullptr);
    if (info->alt_ != nullptr) {
      dwarf_setalt(dwarf, info->alt_);
      info->names_.AllowAltFile();
    }
  }
  info->IndexUnits();
  return info;
}

DebugInfo::DebugInfo(Dwarf* dwarf, const ElfFile& file, const ElfFile& code,
                     const FileFinder& finder, const std::string& module_path)
    : dwarf_(dwarf), file_(file), code_(code), finder_(finder), module_path_(module_path) {}

DebugInfo::~DebugInfo() {
  units_.clear();
  dwarf_end(dwarf_);
  if (alt_ != nullptr) dwarf_end(alt_);
}

void DebugInfo::IndexUnits() {
  Dwarf_CU* unit = nullptr;
  Dwarf_CU* next = nullptr;
  uint8_t kind = 0;
  Dwarf_Die die;
  while (dwarf_get_units(dwarf_, unit, &next, nullptr, &kind, &die, nullptr) == 0) {
    unit = next;
    if (kind != DW_UT_compile && kind != DW_UT_skeleton) continue;
    const uint32_t index = static_cast<uint32_t>(units_.size());
    bool has_code = false;
    ForEachRange(die, nullptr, [&](uint64_t begin, uint64_t end) {
      if (!code_.IsCode(begin, end)) return;
      unit_ranges_.Add(begin, end, index);
      has_code = true;
    });
    if (has_code) units_.push_back({die, nullptr, nullptr});
  }
  unit_ranges_.Seal();
}

std::string DebugInfo::PathIn(Dwarf_Die unit, const char* path) const {
  return SourcePath(FindString(&unit, DW_AT_comp_dir, alt_ != nullptr), path);
}

void DebugInfo::SetLineFromTable(Dwarf_Die unit, uint64_t address, Frame* frame) const {
  Dwarf_Line* row = dwarf_getsrc_die(&unit, address);
  if (row == nullptr) return;
  int line = 0;
  if (dwarf_lineno(row, &line) == 0 && line > 0) frame->line = line;
  const char* file = dwarf_linesrc(row, nullptr, nullptr);
  if (file != nullptr) frame->file = PathIn(unit, file);
}

void DebugInfo::SetLineFromCall(Dwarf_Die unit, Dwarf_Die inlined, Frame* frame) const {
  frame->line = ToLine(NumberOf(&inlined, DW_AT_call_line).value_or(0));
  const std::optional<uint64_t> index = NumberOf(&inlined, DW_AT_call_file);
  Dwarf_Files* files = nullptr;
  size_t count = 0;
  if (!index || dwarf_getsrcfiles(&unit, &files, &count) != 0 || *index >= count) return;
  const char* file = dwarf_filesrc(files, *index, nullptr, nullptr);
  if (file != nullptr) frame->file = PathIn(unit, file);
}

DebugInfo::Unit* DebugInfo::UnitAt(uint64_t address) {
  const std::optional<uint32_t> index = unit_ranges_.Find(address);
  if (!index) return nullptr;
  Unit& unit = units_[*index];
  if (unit.functions == nullptr) Open(&unit);
  return &unit;
}

void DebugInfo::Open(Unit* unit) {
  const std::string split_file = SplitFileName(unit->die);
  if (!split_file.empty()) {
    if (!std::exchange(package_sought_, true)) {
      for (const std::string& path : finder_.PackagePaths(code_, file_, module_path_)) {
        if ((package_ = SplitPackage::Open(ElfFile::Open(path))) != nullptr) break;
      }
    }
    unit->split = SplitUnit::Open(unit->die, file_, finder_, package_.get());
    if (unit->split == nullptr) missing_split_files_.push_back(split_file);
  }
  unit->functions =
      unit->split != nullptr
          ? std::make_unique<FunctionIndex>(unit->split->die(), code_, &unit->split->ranges())
          : std::make_unique<FunctionIndex>(unit->die, code_, nullptr);
}

DebugInfo::Location DebugInfo::Find(uint64_t address) {
  Location location;
  Unit* unit = UnitAt(address);
  if (unit == nullptr) return location;
  location.frames.emplace_back();
  SetLineFromTable(unit->die, address, &location.frames.back());
  FunctionIndex::Function* function = unit->functions->Find(address);
  if (function == nullptr) return location;

  for (const Dwarf_Die& inlined : function->inlines->At(address)) {
    Frame& callee = location.frames.back();
    callee.function = names_.NameOf(inlined).text;
    callee.inlined = true;
    SetLineFromCall(unit->die, inlined, &location.frames.emplace_back());
  }
  location.function = &names_.NameOf(function->die);
  location.frames.back().function = location.function->text;
  return location;
}

std::optional<uint64_t> DebugInfo::FunctionStart(uint64_t address) {
  Unit* unit = UnitAt(address);
  FunctionIndex::Function* function = unit != nullptr ? unit->functions->Find(address) : nullptr;
  return function != nullptr ? unit->functions->EntryAddress(function->die) : std::nullopt;
}

std::optional<uint64_t> DebugInfo::EntryOf(std::string_view name) {
  for (Unit& unit : units_) {
    if (unit.functions == nullptr) Open(&unit);
    if (const auto entry = unit.functions->EntryOf(name)) return entry;
  }
  return std::nullopt;
}

}  // namespace allocprof::symbols
