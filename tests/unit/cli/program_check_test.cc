// SPDX-License-Identifier: Apache-2.0
#include "program_check.h"

#include <elf.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>

#include "folder.h"

namespace allocprof::cli {
namespace {

// An ELF file with one segment of `type` that holds `content`.
std::string Elf(uint32_t type, const std::string& content, uint8_t elf_class = ELFCLASS64,
                uint16_t machine = EM_X86_64) {
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = elf_class;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof(header);
  header.e_type = ET_DYN;
  header.e_machine = machine;
  header.e_phoff = sizeof(header);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  Elf64_Phdr segment = {};
  segment.p_type = type;
  segment.p_offset = sizeof(header) + sizeof(segment);
  segment.p_filesz = content.size();
  return std::string(reinterpret_cast<const char*>(&header), sizeof(header)) +
         std::string(reinterpret_cast<const char*>(&segment), sizeof(segment)) + content;
}

// Returns the path of an executable file.
std::string WriteProgram(const Folder& folder, const std::string& name, const std::string& bytes) {
  const std::string path = folder.Write(name, bytes);
  chmod(path.c_str(), 0755);
  return path;
}

// Why the file at `path` is not recorded by an x86-64 library.
std::string Why(const Folder& folder, const std::string& path) {
  return WhyNotRecordable(DiagnoseProgram(path, folder.Write("libtrace.so", Elf(PT_LOAD, ""))));
}

const char* const kLoader = "/lib64/ld-linux-x86-64.so.2";

TEST(FindProgram, LooksInPath) {
  EXPECT_NE(FindProgram("sh"), "");
  EXPECT_EQ(FindProgram("./sh"), "./sh");
  EXPECT_EQ(FindProgram("no-such-command-anywhere"), "");
}

TEST(WhyNotRecordable, AnOrdinaryProgramIs) {
  const Folder folder;
  EXPECT_EQ(Why(folder, FindProgram("sh")), "");
  EXPECT_EQ(Why(folder, WriteProgram(folder, "app", Elf(PT_INTERP, kLoader))), "");
}

TEST(WhyNotRecordable, AStaticProgramIsNot) {
  const Folder folder;
  const std::string why = Why(folder, WriteProgram(folder, "app", Elf(PT_LOAD, "")));
  EXPECT_EQ(why.rfind("is statically linked", 0), 0u) << why;
}

TEST(WhyNotRecordable, AnotherMachinesProgramIsNot) {
  const Folder folder;
  EXPECT_NE(Why(folder, WriteProgram(folder, "a", Elf(PT_INTERP, kLoader, ELFCLASS32))), "");
  EXPECT_NE(Why(folder, WriteProgram(folder, "b", Elf(PT_INTERP, kLoader, ELFCLASS64, EM_AARCH64))),
            "");
}

TEST(WhyNotRecordable, AMuslProgramIsNot) {
  const Folder folder;
  const std::string path = WriteProgram(folder, "app", Elf(PT_INTERP, "/lib/ld-musl-x86_64.so.1"));
  EXPECT_EQ(Why(folder, path).rfind("uses musl", 0), 0u);
}

TEST(WhyNotRecordable, AScriptIsJudgedByItsInterpreter) {
  const Folder folder;
  const std::string app = WriteProgram(folder, "app", Elf(PT_LOAD, ""));
  const std::string script = WriteProgram(folder, "script", "#! " + app + " -x\nbody\n");
  EXPECT_EQ(Why(folder, script).rfind("is a script of " + app + ", which is statically", 0), 0u);
  EXPECT_EQ(Why(folder, WriteProgram(folder, "plain", "#!/bin/sh\n")), "");
  EXPECT_EQ(Why(folder, WriteProgram(folder, "loop", "#!" + folder.Path("loop"))), "");
  EXPECT_EQ(Why(folder, WriteProgram(folder, "empty", "#!")), "");
}

TEST(WhyNotRecordable, DoubtIsSilent) {
  const Folder folder;
  EXPECT_EQ(Why(folder, ""), "");
  EXPECT_EQ(Why(folder, folder.Path("nowhere")), "");
  EXPECT_EQ(Why(folder, "/dev/null"), "");
  EXPECT_EQ(Why(folder, WriteProgram(folder, "text", "hello")), "");
  for (size_t size = 0; size < 64; size++) {
    const std::string cut = Elf(PT_INTERP, kLoader).substr(0, size);
    EXPECT_EQ(Why(folder, WriteProgram(folder, "cut", cut)), "") << size;
  }
}

}  // namespace
}  // namespace allocprof::cli
