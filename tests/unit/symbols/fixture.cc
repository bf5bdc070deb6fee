// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include <fcntl.h>
#include <gelf.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <ostream>

namespace allocprof::symbols {
namespace {

GElf_Sym SymbolOf(const std::string& fixture, const std::string& wanted) {
  GElf_Sym result{};
  bool found = false;
  elf_version(EV_CURRENT);
  const int fd = open(Fixture(fixture).c_str(), O_RDONLY);
  Elf* elf = elf_begin(fd, ELF_C_READ, nullptr);
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    gelf_getshdr(section, &header);
    if (header.sh_type != SHT_SYMTAB) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    for (size_t i = 0; i < header.sh_size / header.sh_entsize; ++i) {
      GElf_Sym symbol;
      gelf_getsym(data, static_cast<int>(i), &symbol);
      if (wanted == elf_strptr(elf, header.sh_link, symbol.st_name)) {
        result = symbol;
        found = true;
      }
    }
  }
  elf_end(elf);
  close(fd);
  EXPECT_TRUE(found) << wanted << " in " << fixture;
  return result;
}

}  // namespace

std::string Fixture(const std::string& name) { return ALLOCPROF_FIXTURES "/" + name; }

uint64_t AddressOf(const std::string& fixture, const std::string& symbol) {
  return SymbolOf(fixture, symbol).st_value;
}

uint64_t SizeOf(const std::string& fixture, const std::string& symbol) {
  return SymbolOf(fixture, symbol).st_size;
}

std::string SourceOf(const std::string& name) { return ALLOCPROF_FIXTURE_SOURCES "/" + name; }

int LineOf(const std::string& source, const std::string& marker) {
  std::ifstream in(SourceOf(source));
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.find("LINE(" + marker + ")") != std::string::npos) return number;
  }
  ADD_FAILURE() << "no LINE(" << marker << ") in " << source;
  return -1;
}

std::string BuildIdOf(const std::string& fixture) {
  const std::string command = "readelf -n '" + Fixture(fixture) + "'";
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string out;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) out += static_cast<char>(c);
  pclose(pipe);
  const std::string label = "Build ID: ";
  const size_t at = out.find(label);
  EXPECT_NE(at, std::string::npos) << fixture;
  if (at == std::string::npos) return {};
  return out.substr(at + label.size(), out.find('\n', at) - at - label.size());
}

void PrintTo(const Frame& frame, std::ostream* out) {
  *out << frame.function << " at " << frame.file << ":" << frame.line
       << (frame.inlined ? ", inlined" : "");
}

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "symbols_test_XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TempDir::~TempDir() { std::filesystem::remove_all(path_); }

std::string TempDir::Put(const std::string& fixture, const std::string& as) const {
  const std::filesystem::path target = path_ / as;
  std::filesystem::create_directories(target.parent_path());
  std::filesystem::copy_file(Fixture(fixture), target);
  return target.string();
}

}  // namespace allocprof::symbols
