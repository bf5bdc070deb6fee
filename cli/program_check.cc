// SPDX-License-Identifier: Apache-2.0
#include "program_check.h"

#include <elf.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

namespace allocprof::cli {
namespace {

// As the kernel has it, a script's interpreter may be a script.
constexpr int kMostInterpreters = 4;
constexpr size_t kMostInterp = 4096;

// What is there of `size` bytes at `offset`.
std::string ReadAt(std::ifstream* file, uint64_t offset, size_t size) {
  std::string bytes(size, '\0');
  file->clear();
  file->seekg(static_cast<std::streamoff>(offset));
  file->read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(file->gcount() > 0 ? static_cast<size_t>(file->gcount()) : 0);
  return bytes;
}

std::string WhyNotElf(std::ifstream* file, const std::string& start) {
  if (start[EI_CLASS] != ELFCLASS64 || start[EI_DATA] != ELFDATA2LSB) {
    return "is not a 64-bit program: build it for x86-64";
  }
  Elf64_Ehdr header;
  if (start.size() < sizeof(header)) return "";
  std::memcpy(&header, start.data(), sizeof(header));
  if (header.e_machine != EM_X86_64) return "is not an x86-64 program: build it for x86-64";
  if (header.e_phentsize != sizeof(Elf64_Phdr)) return "";
  const std::string table =
      ReadAt(file, header.e_phoff, size_t{header.e_phnum} * sizeof(Elf64_Phdr));
  for (size_t at = 0; at + sizeof(Elf64_Phdr) <= table.size(); at += sizeof(Elf64_Phdr)) {
    Elf64_Phdr segment;
    std::memcpy(&segment, table.data() + at, sizeof(segment));
    if (segment.p_type != PT_INTERP || segment.p_filesz > kMostInterp) continue;
    const std::string loader = ReadAt(file, segment.p_offset, segment.p_filesz);
    if (loader.find("ld-musl") == std::string::npos) return "";
    return "uses musl, for which libtrace.so is not built: link it with glibc";
  }
  return "is statically linked, so nothing can be preloaded: link it dynamically";
}

// The kernel starts it in secure mode, in which the loader leaves out preloads with a path.
bool GainsPrivileges(const std::string& path) {
  struct stat st = {};
  if (stat(path.c_str(), &st) != 0) return false;
  return ((st.st_mode & S_ISUID) != 0 && st.st_uid != geteuid()) ||
         ((st.st_mode & S_ISGID) != 0 && st.st_gid != getegid()) ||
         (geteuid() != 0 && getxattr(path.c_str(), "security.capability", nullptr, 0) > 0);
}

std::string Interpreter(std::string_view line) {
  line = line.substr(2, line.find('\n') - 2);
  const size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return "";
  line.remove_prefix(begin);
  return std::string(line.substr(0, line.find_first_of(" \t")));
}

}  // namespace

std::string FindProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* variable = std::getenv("PATH");
  const std::string_view path = variable != nullptr ? variable : "/bin:/usr/bin";
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find(':', at), path.size());
    const std::string folder(path.substr(at, end - at));
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    struct stat st = {};
    if (stat(candidate.c_str(), &st) == 0 && S_ISREG(st.st_mode) &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
    at = end + 1;
  }
  return "";
}

std::string WhyNotRecordable(const std::string& program) {
  std::string path = program;
  for (int i = 0; i <= kMostInterpreters && !path.empty(); i++) {
    struct stat st = {};
    // A pipe would wait for its writer.
    if (stat(path.c_str(), &st) != 0 || !S_ISREG(st.st_mode)) return "";
    std::ifstream file(path, std::ios::binary);
    const std::string start = ReadAt(&file, 0, 256);
    const std::string who = path == program ? "" : "is a script of " + path + ", which ";
    if (start.size() > EI_NIDENT && start.compare(0, SELFMAG, ELFMAG) == 0) {
      if (GainsPrivileges(path)) {
        return who +
               "changes its user, group or capabilities, so the loader preloads nothing: "
               "record a copy without them";
      }
      const std::string why = WhyNotElf(&file, start);
      return why.empty() ? "" : who + why;
    }
    if (start.compare(0, 2, "#!") != 0) return "";
    path = Interpreter(start);
  }
  return "";
}

}  // namespace allocprof::cli
