// SPDX-License-Identifier: Apache-2.0
#include "symbols/program_facts.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "support/temp_dir.h"

namespace allocprof::symbols {
namespace {

std::string Self() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

TEST(GlibcVersion, IsReadAsNumbers) {
  EXPECT_EQ(GlibcVersion("GLIBC_2.34"), (std::vector<int>{2, 34}));
  EXPECT_EQ(GlibcVersion("GLIBC_2.2.5"), (std::vector<int>{2, 2, 5}));
  EXPECT_LT(GlibcVersion("GLIBC_2.2.5"), GlibcVersion("GLIBC_2.17"));
  EXPECT_EQ(GlibcVersion("GLIBC_PRIVATE"), std::vector<int>{});
  EXPECT_EQ(GlibcVersion("GLIBCXX_3.4"), std::vector<int>{});
  EXPECT_EQ(GlibcVersion("GLIBC_99999999999999999999"), std::vector<int>{});
}

TEST(ProgramFacts, OfThisProgram) {
  const auto facts = ReadProgramFacts(Self(), {"main", "malloc", "no_such_name"});
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->machine, EM_X86_64);
  EXPECT_EQ(facts->elf_class, ELFCLASS64);
  EXPECT_NE(facts->interpreter.find("ld-linux"), std::string::npos);
  EXPECT_TRUE(facts->defined.contains("main"));
  EXPECT_FALSE(facts->exported.contains("malloc"));
  EXPECT_FALSE(facts->defined.contains("no_such_name"));
  EXPECT_TRUE(facts->sections.contains(".text"));
  EXPECT_NE(std::find(facts->needed.begin(), facts->needed.end(), "libc.so.6"),
            facts->needed.end());
  EXPECT_GE(facts->glibc, (std::vector<int>{2, 2, 5}));
}

TEST(ProgramFacts, OfWhatIsNoProgram) {
  EXPECT_FALSE(ReadProgramFacts("/dev/null", {}).has_value());
  EXPECT_FALSE(ReadProgramFacts("/nowhere", {}).has_value());
  EXPECT_FALSE(ReadProgramFacts("/", {}).has_value());
  EXPECT_FALSE(DefinesGlibc("/dev/null", {2, 34}));
}

TEST(ProgramFacts, LibcDefinesItsVersions) {
  const auto facts = ReadProgramFacts(Self(), {});
  ASSERT_TRUE(facts.has_value());
  const auto loader = std::filesystem::canonical(facts->interpreter);
  const std::string libc = (loader.parent_path() / "libc.so.6").string();
  EXPECT_TRUE(DefinesGlibc(libc, facts->glibc));
  EXPECT_FALSE(DefinesGlibc(libc, {2, 9999}));
}

// Cut and scribbled files are told as far as they go; the sanitizers watch.
TEST(ProgramFacts, OfDamagedFiles) {
  const auto facts = ReadProgramFacts(Self(), {});
  ASSERT_TRUE(facts.has_value());
  const auto loader = std::filesystem::canonical(facts->interpreter);
  std::ifstream in(loader, std::ios::binary);
  const std::string sound((std::istreambuf_iterator<char>(in)), {});
  ASSERT_GT(sound.size(), 4096u);
  const test::TempDir folder;
  const auto look = [&](const std::string& bytes) {
    const std::string path = folder.Write("damaged", bytes);
    ReadProgramFacts(path, {"malloc"});
    DefinesGlibc(path, {2, 9999});
  };
  for (size_t size = 0; size < 1024; size += 8) look(sound.substr(0, size));
  std::mt19937 random(1);  // the same bytes each time
  for (int round = 0; round < 60; round++) {
    std::string bytes = sound;
    // Where headers, the dynamic table and the section table lie.
    for (int i = 0; i < 16; i++) bytes[random() % 4096] = static_cast<char>(random());
    for (int i = 0; i < 16; i++) {
      bytes[bytes.size() - 1 - random() % 4096] = static_cast<char>(random());
    }
    look(bytes);
  }
}

}  // namespace
}  // namespace allocprof::symbols
