// SPDX-License-Identifier: Apache-2.0
#include "symbols/split_unit.h"

#include <dwarf.h>
#include <gelf.h>

#include "symbols/die_walk.h"

namespace allocprof::symbols {
namespace {

std::string_view From(std::string_view section, uint64_t offset) {
  return offset < section.size() ? section.substr(static_cast<size_t>(offset)) : std::string_view();
}

// Of an Elf that libdw has opened, which has decompressed it.
std::string_view SectionOf(Elf* elf, std::string_view wanted) {
  size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return {};
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    const char* name = elf_strptr(elf, names, header.sh_name);
    const Elf_Data* data =
        name != nullptr && wanted == name ? elf_getdata(section, nullptr) : nullptr;
    if (data != nullptr && data->d_buf != nullptr) {
      return {static_cast<const char*>(data->d_buf), data->d_size};
    }
  }
  return {};
}

struct UnitFacts {
  int version = 0;
  uint64_t id = 0;
};

UnitFacts FactsOf(Dwarf_Die unit) {
  Dwarf_Half version = 0;
  uint8_t kind = 0;
  uint64_t id = 0;
  // Without a place for the split unit libdw does not look for it.
  if (dwarf_cu_info(unit.cu, &version, &kind, nullptr, nullptr, &id, nullptr, nullptr) != 0)
    return {};
  return {version, id};
}

}  // namespace

std::string SplitFileName(Dwarf_Die unit) {
  const char* name = FindString(&unit, DW_AT_dwo_name, false);
  return *name != '\0' ? name : FindString(&unit, DW_AT_GNU_dwo_name, false);
}

std::unique_ptr<SplitUnit> SplitUnit::Open(Dwarf_Die skeleton, const ElfFile& debug_file,
                                           const FileFinder& finder, const SplitPackage* package) {
  const uint64_t id = FactsOf(skeleton).id;
  std::unique_ptr<SplitUnit> unit(new SplitUnit);
  if (package != nullptr && (unit->part_ = package->Unit(id)) != nullptr) {
    if (unit->Load(unit->part_, id, skeleton, debug_file)) return unit;
    unit.reset(new SplitUnit);
  }
  const std::string name = SplitFileName(skeleton);
  const std::string directory = FindString(&skeleton, DW_AT_comp_dir, false);
  for (const std::string& path : finder.SplitFilePaths(debug_file, directory, name)) {
    unit->file_ = ElfFile::Open(path);
    if (unit->file_ == nullptr || !unit->file_->HasSplitDebugInfo()) continue;
    if (unit->Load(unit->file_->elf(), id, skeleton, debug_file)) return unit;
    unit.reset(new SplitUnit);
  }
  return nullptr;
}

SplitUnit::~SplitUnit() {
  if (dwarf_ != nullptr) dwarf_end(dwarf_);
  if (part_ != nullptr) elf_end(part_);
}

bool SplitUnit::Load(Elf* elf, uint64_t id, Dwarf_Die skeleton, const ElfFile& debug_file) {
  dwarf_ = dwarf_begin_elf(elf, DWARF_C_READ, nullptr);
  if (dwarf_ == nullptr) return false;
  Dwarf_CU* unit = nullptr;
  Dwarf_CU* next = nullptr;
  uint8_t kind = 0;
  int version = 0;
  bool found = false;
  while (!found && dwarf_get_units(dwarf_, unit, &next, nullptr, &kind, &die_, nullptr) == 0) {
    unit = next;
    const UnitFacts facts = FactsOf(die_);
    version = facts.version;
    found = kind == DW_UT_split_compile && facts.id == id;
  }
  if (!found) return false;

  SplitRanges::Sections sections;
  sections.version = version;
  Dwarf_Addr low = 0;
  if (dwarf_lowpc(&skeleton, &low) == 0) sections.base = low;
  const uint64_t addresses = NumberOf(&skeleton, DW_AT_addr_base)
                                 .value_or(NumberOf(&skeleton, DW_AT_GNU_addr_base).value_or(0));
  sections.info = SectionOf(elf, ".debug_info.dwo");
  sections.addresses = From(SectionOf(debug_file.elf(), ".debug_addr"), addresses);
  if (version >= 5) {
    sections.ranges = SectionOf(elf, ".debug_rnglists.dwo");
  } else {
    sections.ranges = From(SectionOf(debug_file.elf(), ".debug_ranges"),
                           NumberOf(&skeleton, DW_AT_GNU_ranges_base).value_or(0));
  }
  ranges_ = SplitRanges(sections);
  return true;
}

}  // namespace allocprof::symbols
