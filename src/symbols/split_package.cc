// SPDX-License-Identifier: Apache-2.0
#include "symbols/split_package.h"

#include <gelf.h>

#include <string>
#include <utility>
#include <vector>

#include "symbols/byte_reader.h"

namespace allocprof::symbols {
namespace {

// What column kinds mean. Those left out (macros, locations, the line table of types) name no
// function.
const char* SectionOf(uint64_t kind, uint64_t version) {
  switch (kind) {
    case 1:
      return ".debug_info.dwo";
    case 3:
      return ".debug_abbrev.dwo";
    case 6:
      return ".debug_str_offsets.dwo";
    case 8:
      return version >= 5 ? ".debug_rnglists.dwo" : nullptr;
    default:
      return nullptr;
  }
}

uint64_t CellAt(std::string_view cells, uint64_t index) {
  ByteReader reader(cells);
  reader.Skip(index * 4);
  return reader.Fixed(4);
}

// The names of all sections made here, as one string table.
constexpr char kNameTable[] =
    "\0.debug_info.dwo\0.debug_abbrev.dwo\0.debug_str_offsets.dwo\0.debug_rnglists.dwo\0"
    ".debug_str.dwo\0.shstrtab";
constexpr std::string_view kNames(kNameTable, sizeof(kNameTable));

// Adds a section to an ELF that exists in memory only; `bytes` must outlive it.
Elf64_Shdr* AddSection(Elf* elf, std::string_view name, std::string_view bytes) {
  Elf_Scn* section = elf_newscn(elf);
  Elf_Data* data = section != nullptr ? elf_newdata(section) : nullptr;
  Elf64_Shdr* header = section != nullptr ? elf64_getshdr(section) : nullptr;
  if (data == nullptr || header == nullptr) return nullptr;
  data->d_buf = const_cast<char*>(bytes.data());
  data->d_size = bytes.size();
  data->d_type = ELF_T_BYTE;
  data->d_align = 1;
  header->sh_type = SHT_PROGBITS;
  header->sh_size = bytes.size();
  header->sh_addralign = 1;
  header->sh_name = static_cast<Elf64_Word>(kNames.find(name));
  return header;
}

using Parts = std::vector<std::pair<const char*, std::string_view>>;

Elf* ElfOf(const Parts& parts, int descriptor) {
  // libdw reads the data of a section as it was set; libelf wants a descriptor, and writes to it
  // only when told to.
  Elf* elf = elf_begin(descriptor, ELF_C_WRITE, nullptr);
  Elf64_Ehdr* header = elf != nullptr ? elf64_newehdr(elf) : nullptr;
  bool good = header != nullptr;
  if (good) {
    header->e_ident[EI_DATA] = ELFDATA2LSB;
    header->e_machine = EM_X86_64;
    header->e_type = ET_REL;
    header->e_version = EV_CURRENT;
    header->e_shstrndx = static_cast<Elf64_Half>(parts.size() + 1);
  }
  for (const auto& [name, bytes] : parts) good = good && AddSection(elf, name, bytes) != nullptr;
  Elf64_Shdr* names = good ? AddSection(elf, ".shstrtab", kNames) : nullptr;
  if (names == nullptr) {
    if (elf != nullptr) elf_end(elf);
    return nullptr;
  }
  names->sh_type = SHT_STRTAB;
  return elf;
}

}  // namespace

std::unique_ptr<SplitPackage> SplitPackage::Open(std::unique_ptr<ElfFile> file) {
  if (file == nullptr) return nullptr;
  std::unique_ptr<SplitPackage> package(new SplitPackage(std::move(file)));
  return package->ReadIndex() ? std::move(package) : nullptr;
}

bool SplitPackage::ReadIndex() {
  const std::string_view index = file_->Section(".debug_cu_index");
  ByteReader reader(index);
  // Version 2 is four bytes wide, version 5 two and two of padding.
  version_ = reader.Fixed(4) & 0xffff;
  columns_ = reader.Fixed(4);
  units_ = reader.Fixed(4);
  const uint64_t slots = reader.Fixed(4);
  if (reader.failed() || (version_ != 2 && version_ != 5)) return false;
  // Each of the four tables must be there before anything is multiplied.
  const uint64_t cells = index.size() / 4;
  if (slots > cells || columns_ == 0 || columns_ > 16 || units_ > cells / columns_) return false;
  const uint64_t ids = reader.position();
  const uint64_t rows = ids + slots * 8;
  const uint64_t kinds = rows + slots * 4;
  const uint64_t offsets = kinds + columns_ * 4;
  const uint64_t sizes = offsets + units_ * columns_ * 4;
  if (sizes + units_ * columns_ * 4 > index.size()) return false;
  kinds_ = index.substr(kinds, columns_ * 4);
  offsets_ = index.substr(offsets, units_ * columns_ * 4);
  sizes_ = index.substr(sizes, units_ * columns_ * 4);
  ByteReader id(index.substr(ids));
  for (uint64_t slot = 0; slot < slots; ++slot) {
    const uint64_t unit = id.Fixed(8);
    const uint64_t row = CellAt(index.substr(rows), slot);
    if (row != 0 && row <= units_) rows_.emplace(unit, row - 1);  // from 1; 0 is a free slot
  }
  return true;
}

Elf* SplitPackage::Unit(uint64_t id) const {
  const auto row = rows_.find(id);
  if (row == rows_.end()) return nullptr;
  Parts parts;
  for (uint64_t column = 0; column < columns_; ++column) {
    const char* name = SectionOf(CellAt(kinds_, column), version_);
    if (name == nullptr) continue;
    const uint64_t cell = row->second * columns_ + column;
    const uint64_t offset = CellAt(offsets_, cell), size = CellAt(sizes_, cell);
    const std::string_view section = file_->Section(name);
    if (offset > section.size() || size > section.size() - offset) return nullptr;
    parts.emplace_back(name, section.substr(offset, size));
  }
  parts.emplace_back(".debug_str.dwo", file_->Section(".debug_str.dwo"));
  return ElfOf(parts, file_->descriptor());
}

}  // namespace allocprof::symbols
