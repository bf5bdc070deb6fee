// SPDX-License-Identifier: Apache-2.0
#include "symbols/elf_symbols.h"

#include <gelf.h>

#include <algorithm>

#include "symbols/demangle.h"

namespace allocprof::symbols {
namespace {

// Assembler leftovers that name no function: local labels and ARM's mapping symbols.
bool IsLabel(std::string_view name) {
  if (name.starts_with(".L")) return true;
  return name.size() >= 2 && name[0] == '$' && (name.size() == 2 || name[2] == '.');
}

}  // namespace

void ElfSymbols::Add(const ElfFile& file) {
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(file.elf(), section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    if (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM) continue;
    AddTable(file, section, header.sh_link, header.sh_entsize);
  }
}

void ElfSymbols::AddTable(const ElfFile& file, Elf_Scn* section, uint64_t link,
                          uint64_t entry_size) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || data->d_buf == nullptr || entry_size == 0) return;
  // More than 65279 sections: their numbers stand in a table of their own.
  Elf_Data* wide = nullptr;
  const int wide_index = elf_scnshndx(section);
  if (wide_index > 0) wide = elf_getdata(elf_getscn(file.elf(), wide_index), nullptr);

  const size_t count = data->d_size / entry_size;
  for (size_t i = 1; i < count; ++i) {
    GElf_Sym symbol;
    Elf32_Word index = 0;
    if (gelf_getsymshndx(data, wide, static_cast<int>(i), &symbol, &index) == nullptr) break;
    if (symbol.st_shndx != SHN_XINDEX) index = symbol.st_shndx;
    if (index == SHN_UNDEF || (symbol.st_shndx >= SHN_LORESERVE && symbol.st_shndx != SHN_XINDEX)) {
      continue;
    }
    const int type = GELF_ST_TYPE(symbol.st_info);
    const bool function = type == STT_FUNC || type == STT_GNU_IFUNC;
    if (!function && type != STT_NOTYPE) continue;

    GElf_Shdr home;
    if (gelf_getshdr(elf_getscn(file.elf(), index), &home) == nullptr) continue;
    if ((home.sh_flags & SHF_EXECINSTR) == 0 || symbol.st_value < home.sh_addr) continue;
    const char* text = elf_strptr(file.elf(), link, symbol.st_name);
    if (text == nullptr) continue;
    std::string_view name(text);
    name = name.substr(0, name.find('@'));  // foo@@VERSION
    if (name.empty() || IsLabel(name)) continue;

    const bool sized = symbol.st_size != 0;
    const uint64_t end = sized ? symbol.st_value + symbol.st_size : home.sh_addr + home.sh_size;
    if (end <= symbol.st_value) continue;
    const size_t underscores = std::min(name.find_first_not_of('_'), name.size());
    symbols_.push_back({symbol.st_value, end, name, sized,
                        GELF_ST_BIND(symbol.st_info) != STB_LOCAL, function,
                        static_cast<uint32_t>(underscores)});
  }
}

bool ElfSymbols::Better(const Symbol& a, const Symbol& b) {
  if (a.global != b.global) return a.global;
  if (a.function != b.function) return a.function;
  if (a.underscores != b.underscores) return a.underscores < b.underscores;
  if (a.name.size() != b.name.size()) return a.name.size() < b.name.size();
  if (a.name != b.name) return a.name < b.name;
  return a.end > b.end;
}

void ElfSymbols::Seal() {
  std::sort(symbols_.begin(), symbols_.end(), [](const Symbol& a, const Symbol& b) {
    if (a.start != b.start) return a.start < b.start;
    return Better(b, a);
  });
  for (uint32_t i = 0; i < symbols_.size(); ++i) {
    if (symbols_[i].sized) sized_.Add(symbols_[i].start, symbols_[i].end, i, i);
  }
  sized_.Seal();

  // From the top down, so that the start of the next symbol is at hand. A label inside a sized
  // function names nothing: it must not speak for the padding after that function either.
  uint64_t next = UINT64_MAX;
  for (size_t i = symbols_.size(); i-- > 0;) {
    const Symbol& symbol = symbols_[i];
    if (i + 1 < symbols_.size() && symbols_[i + 1].start != symbol.start) {
      next = symbols_[i + 1].start;
    }
    if (symbol.sized || sized_.Find(symbol.start)) continue;
    unsized_.Add(symbol.start, std::min(symbol.end, next), static_cast<uint32_t>(i),
                 static_cast<uint32_t>(i));
  }
  unsized_.Seal();
}

std::optional<ElfSymbols::Match> ElfSymbols::Find(uint64_t address) {
  std::optional<uint32_t> index = sized_.Find(address);
  if (!index) index = unsized_.Find(address);
  if (!index) return std::nullopt;
  auto [entry, fresh] = demangled_.try_emplace(*index);
  if (fresh) entry->second = Demangle(symbols_[*index].name);
  return Match{symbols_[*index].start, entry->second};
}

std::optional<uint64_t> ElfSymbols::StartOf(std::string_view name) const {
  for (const Symbol& symbol : symbols_) {
    if (symbol.name == name && symbol.function) return symbol.start;
  }
  return std::nullopt;
}

}  // namespace allocprof::symbols
