// SPDX-License-Identifier: Apache-2.0
#include "symbols/imports.h"

#include <gelf.h>

#include <cstring>
#include <vector>

namespace allocprof::symbols {

Imports::Imports(const ElfFile& file) : file_(file) {
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(file.elf(), section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_RELA ||
        (header.sh_flags & SHF_ALLOC) == 0 || header.sh_entsize == 0) {
      continue;
    }
    Elf_Scn* symbols = elf_getscn(file.elf(), header.sh_link);
    GElf_Shdr symbols_header;
    Elf_Data* names = nullptr;
    if (symbols != nullptr && gelf_getshdr(symbols, &symbols_header) != nullptr) {
      names = elf_getdata(symbols, nullptr);
    }
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr) continue;
    const uint64_t count = data->d_size / header.sh_entsize;
    for (uint64_t i = 0; i < count; i++) {
      GElf_Rela rela;
      if (gelf_getrela(data, static_cast<int>(i), &rela) == nullptr) break;
      ImportTarget target;
      switch (GELF_R_TYPE(rela.r_info)) {
        case R_X86_64_RELATIVE:
          target.address = static_cast<uint64_t>(rela.r_addend);
          break;
        case R_X86_64_JUMP_SLOT:
        case R_X86_64_GLOB_DAT:
        case R_X86_64_64: {
          GElf_Sym symbol;
          if (names == nullptr ||
              gelf_getsym(names, static_cast<int>(GELF_R_SYM(rela.r_info)), &symbol) == nullptr) {
            continue;
          }
          const char* name = elf_strptr(file.elf(), symbols_header.sh_link, symbol.st_name);
          if (name != nullptr) target.name = name;
          if (symbol.st_shndx != SHN_UNDEF) {
            target.address = symbol.st_value + static_cast<uint64_t>(rela.r_addend);
          }
          break;
        }
        default:
          continue;
      }
      slots_.emplace(rela.r_offset, target);
    }
  }
}

ImportTarget Imports::OfSlot(uint64_t slot) const {
  const auto found = slots_.find(slot);
  return found != slots_.end() ? found->second : ImportTarget{};
}

ImportTarget Imports::OfStub(uint64_t address) const {
  const std::vector<uint8_t> code = file_.ReadCode(address, 16);
  // [endbr64] [bnd] jmp *slot(%rip)
  constexpr uint8_t kEndbr[] = {0xf3, 0x0f, 0x1e, 0xfa};
  size_t at = 0;
  if (code.size() >= 4 && std::memcmp(code.data(), kEndbr, 4) == 0) at = 4;
  if (at < code.size() && code[at] == 0xf2) at++;
  if (at + 6 > code.size() || code[at] != 0xff || code[at + 1] != 0x25) return {};
  int32_t displacement;
  std::memcpy(&displacement, code.data() + at + 2, 4);
  return OfSlot(address + at + 6 + static_cast<uint64_t>(int64_t{displacement}));
}

}  // namespace allocprof::symbols
