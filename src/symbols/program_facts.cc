// SPDX-License-Identifier: Apache-2.0
#include "symbols/program_facts.h"

#include <gelf.h>

#include <algorithm>
#include <charconv>

#include "symbols/elf_file.h"

namespace allocprof::symbols {
namespace {

constexpr uint64_t kMostInterpreter = 4096;
constexpr std::string_view kGlibc = "GLIBC_";

std::string Text(const ElfFile& file, uint64_t table, uint64_t at) {
  const char* text = elf_strptr(file.elf(), table, at);
  return text != nullptr ? text : "";
}

void ReadSegments(const ElfFile& file, ProgramFacts* facts) {
  size_t count = 0;
  if (elf_getphdrnum(file.elf(), &count) != 0) return;
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(file.elf(), static_cast<int>(i), &segment) == nullptr) return;
    if (segment.p_type == PT_DYNAMIC) facts->has_dynamic = true;
    if (segment.p_type != PT_INTERP || segment.p_filesz > kMostInterpreter) continue;
    const Elf_Data* data = elf_getdata_rawchunk(file.elf(), static_cast<int64_t>(segment.p_offset),
                                                static_cast<size_t>(segment.p_filesz), ELF_T_BYTE);
    if (data == nullptr || data->d_buf == nullptr) continue;
    const std::string_view text(static_cast<const char*>(data->d_buf), data->d_size);
    facts->interpreter = text.substr(0, text.find('\0'));
  }
}

void ReadDynamic(const ElfFile& file, Elf_Scn* section, const GElf_Shdr& header,
                 ProgramFacts* facts) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  for (size_t i = 0; i < data->d_size / header.sh_entsize; ++i) {
    GElf_Dyn entry;
    if (gelf_getdyn(data, static_cast<int>(i), &entry) == nullptr || entry.d_tag == DT_NULL) return;
    if (entry.d_tag == DT_NEEDED) {
      facts->needed.push_back(Text(file, header.sh_link, entry.d_un.d_val));
    } else if (entry.d_tag == DT_SONAME) {
      facts->soname = Text(file, header.sh_link, entry.d_un.d_val);
    } else if (entry.d_tag == DT_FLAGS_1) {
      facts->is_pie = (entry.d_un.d_val & DF_1_PIE) != 0;
    }
  }
}

void ReadNeededVersions(const ElfFile& file, Elf_Scn* section, const GElf_Shdr& header,
                        ProgramFacts* facts) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr) return;
  // The lists are linked by offsets: no more steps than there is room for.
  size_t steps = data->d_size / sizeof(Elf64_Vernaux) + 1;
  for (size_t at = 0; steps > 0;) {
    GElf_Verneed need;
    if (gelf_getverneed(data, static_cast<int>(at), &need) == nullptr) return;
    size_t of_version = at + need.vn_aux;
    for (int i = 0; i < need.vn_cnt && steps > 0; ++i, --steps) {
      GElf_Vernaux version;
      if (gelf_getvernaux(data, static_cast<int>(of_version), &version) == nullptr) break;
      const std::vector<int> wanted = GlibcVersion(Text(file, header.sh_link, version.vna_name));
      facts->glibc = std::max(facts->glibc, wanted);
      if (version.vna_next == 0) break;
      of_version += version.vna_next;
    }
    if (need.vn_next == 0) return;
    at += need.vn_next;
    --steps;
  }
}

void ReadSymbols(const ElfFile& file, Elf_Scn* section, const GElf_Shdr& header,
                 const std::set<std::string_view>& names, ProgramFacts* facts) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || data->d_buf == nullptr || header.sh_entsize == 0) return;
  const bool dynamic = header.sh_type == SHT_DYNSYM;
  for (size_t i = 1; i < data->d_size / header.sh_entsize; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) return;
    const char* text = elf_strptr(file.elf(), header.sh_link, symbol.st_name);
    if (text == nullptr) continue;
    std::string_view name(text);
    name = name.substr(0, name.find('@'));
    if (!names.contains(name)) continue;
    if (symbol.st_shndx == SHN_UNDEF) {
      if (dynamic) facts->imported.emplace(name);
      continue;
    }
    facts->defined.emplace(name);
    const auto visibility = GELF_ST_VISIBILITY(symbol.st_other);
    if (dynamic && GELF_ST_BIND(symbol.st_info) != STB_LOCAL &&
        (visibility == STV_DEFAULT || visibility == STV_PROTECTED)) {
      facts->exported.emplace(name);
    }
  }
}

}  // namespace

std::vector<int> GlibcVersion(std::string_view version) {
  if (!version.starts_with(kGlibc)) return {};
  version.remove_prefix(kGlibc.size());
  std::vector<int> parts;
  while (!version.empty()) {
    int part = 0;
    const auto [end, error] =
        std::from_chars(version.data(), version.data() + version.size(), part);
    if (error != std::errc()) return {};  // GLIBC_PRIVATE
    parts.push_back(part);
    version.remove_prefix(static_cast<size_t>(end - version.data()));
    if (!version.empty() && version.front() == '.') version.remove_prefix(1);
  }
  return parts;
}

std::optional<ProgramFacts> ReadProgramFacts(const std::string& path,
                                             const std::set<std::string_view>& names) {
  const std::unique_ptr<ElfFile> file = ElfFile::Open(path);
  if (file == nullptr) return std::nullopt;
  ProgramFacts facts;
  GElf_Ehdr header;
  if (gelf_getehdr(file->elf(), &header) == nullptr) return std::nullopt;
  facts.elf_class = header.e_ident[EI_CLASS];
  facts.encoding = header.e_ident[EI_DATA];
  facts.type = header.e_type;
  facts.machine = header.e_machine;
  ReadSegments(*file, &facts);

  size_t section_names = 0;
  const bool named = elf_getshdrstrndx(file->elf(), &section_names) == 0;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(file->elf(), section)) != nullptr;) {
    GElf_Shdr of_section;
    if (gelf_getshdr(section, &of_section) == nullptr) continue;
    if (named) facts.sections.insert(Text(*file, section_names, of_section.sh_name));
    switch (of_section.sh_type) {
      case SHT_DYNAMIC:
        ReadDynamic(*file, section, of_section, &facts);
        break;
      case SHT_GNU_verneed:
        ReadNeededVersions(*file, section, of_section, &facts);
        break;
      case SHT_DYNSYM:
      case SHT_SYMTAB:
        ReadSymbols(*file, section, of_section, names, &facts);
        break;
      default:
        break;
    }
  }
  return facts;
}

bool DefinesGlibc(const std::string& path, const std::vector<int>& version) {
  const std::unique_ptr<ElfFile> file = ElfFile::Open(path);
  if (file == nullptr) return false;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(file->elf(), section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_GNU_verdef) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr) return false;
    size_t at = 0;
    for (size_t steps = data->d_size / sizeof(Elf64_Verdef) + 1; steps > 0; --steps) {
      GElf_Verdef definition;
      GElf_Verdaux name;
      if (gelf_getverdef(data, static_cast<int>(at), &definition) == nullptr ||
          gelf_getverdaux(data, static_cast<int>(at + definition.vd_aux), &name) == nullptr) {
        return false;
      }
      if (GlibcVersion(Text(*file, header.sh_link, name.vda_name)) == version) return true;
      if (definition.vd_next == 0) return false;
      at += definition.vd_next;
    }
  }
  return false;
}

}  // namespace allocprof::symbols
