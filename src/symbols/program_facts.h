// SPDX-License-Identifier: Apache-2.0
//
// ProgramFacts: what an executable says of how it is loaded and whose malloc it calls.
//
// Owns: strings alone, the file is closed again. Errors: nullopt if it is no ELF file; a damaged or
// missing part leaves its member empty. The content is hostile: every libelf result is checked.
// Source: ELF gABI 4.1, "Program Loading and Dynamic Linking"; symbol versions as in the LSB.
// Thread-safety: functions without state.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace allocprof::symbols {

struct ProgramFacts {
  uint8_t elf_class = 0;  // ELFCLASS32, ELFCLASS64
  uint8_t encoding = 0;   // ELFDATA2LSB, ELFDATA2MSB
  uint16_t type = 0;      // ET_EXEC, ET_DYN, ...
  uint16_t machine = 0;   // EM_X86_64, ...
  bool has_dynamic = false;
  bool is_pie = false;      // DF_1_PIE: a program although ET_DYN
  std::string interpreter;  // the loader in PT_INTERP; empty: there is none
  std::string soname;       // of a library
  std::vector<std::string> needed;
  std::vector<int> glibc;  // newest GLIBC_ version it needs: {2, 34}; empty: none
  std::set<std::string> sections;
  // Of the names that were asked for:
  std::set<std::string> exported;  // defined in .dynsym: comes before a preloaded one in a program
  std::set<std::string> defined;   // defined in .symtab or .dynsym, exported or not
  std::set<std::string> imported;  // undefined in .dynsym
};

std::optional<ProgramFacts> ReadProgramFacts(const std::string& path,
                                             const std::set<std::string_view>& names);

// "GLIBC_2.34" is {2, 34}; anything else is empty.
std::vector<int> GlibcVersion(std::string_view version);

// Whether the library defines that version of GLIBC_, as libc.so.6 does.
bool DefinesGlibc(const std::string& path, const std::vector<int>& version);

}  // namespace allocprof::symbols
