// SPDX-License-Identifier: Apache-2.0
#include "support/elf_writer.h"

#include <elf.h>

#include <algorithm>
#include <iterator>

namespace allocprof::test {
namespace {

template <typename T>
void Append(std::string* out, const T& value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

}  // namespace

std::string ElfWithSymbols(const std::vector<NamedCode>& functions, uint64_t low, uint64_t high) {
  std::string names(1, '\0'), symbols;
  Append(&symbols, Elf64_Sym{});
  for (const NamedCode& f : functions) {
    Append(&symbols, Elf64_Sym{.st_name = static_cast<Elf64_Word>(names.size()),
                               .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                               .st_other = 0,
                               .st_shndx = 1,
                               .st_value = f.start,
                               .st_size = f.size});
    names += f.name + '\0';
  }
  const std::string section_names("\0.text\0.symtab\0.strtab\0.shstrtab\0", 33);

  const uint64_t symbols_at = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
  const uint64_t names_at = symbols_at + symbols.size();
  const uint64_t section_names_at = names_at + names.size();
  const uint64_t sections_at = (section_names_at + section_names.size() + 7) / 8 * 8;

  Elf64_Ehdr header{};
  const unsigned char ident[] = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT};
  std::copy(std::begin(ident), std::end(ident), header.e_ident);
  header.e_type = ET_DYN;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof(Elf64_Ehdr);
  header.e_shoff = sections_at;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 5;
  header.e_shstrndx = 4;

  std::string out;
  Append(&out, header);
  Append(&out, Elf64_Phdr{.p_type = PT_LOAD,
                          .p_flags = PF_R | PF_X,
                          .p_offset = 0,
                          .p_vaddr = low,
                          .p_paddr = low,
                          .p_filesz = 0,
                          .p_memsz = high - low,
                          .p_align = 4096});
  out += symbols + names + section_names;
  out.resize(sections_at);
  const auto section = [&](Elf64_Word name, Elf64_Word type, uint64_t flags, uint64_t address,
                           uint64_t offset, uint64_t size, Elf64_Word link, uint64_t entry) {
    Append(&out, Elf64_Shdr{.sh_name = name,
                            .sh_type = type,
                            .sh_flags = flags,
                            .sh_addr = address,
                            .sh_offset = offset,
                            .sh_size = size,
                            .sh_link = link,
                            .sh_info = 0,
                            .sh_addralign = 1,
                            .sh_entsize = entry});
  };
  section(0, SHT_NULL, 0, 0, 0, 0, 0, 0);
  section(1, SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, low, 0, high - low, 0, 0);
  section(7, SHT_SYMTAB, 0, 0, symbols_at, symbols.size(), 3, sizeof(Elf64_Sym));
  section(15, SHT_STRTAB, 0, 0, names_at, names.size(), 0, 0);
  section(23, SHT_STRTAB, 0, 0, section_names_at, section_names.size(), 0, 0);
  return out;
}

}  // namespace allocprof::test
