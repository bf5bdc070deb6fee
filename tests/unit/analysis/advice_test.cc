// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "analysis/advice/language.h"
#include "analysis/plumbing.h"
#include "frames_by_hand.h"

namespace allocprof::analysis {
namespace {

TEST(AdviceTest, TheFileTellsTheLanguage) {
  EXPECT_EQ(LanguageOf("parse", "src/parse.c", false), Language::kC);
  EXPECT_EQ(LanguageOf("main", "main.cc", false), Language::kCxx);
  EXPECT_EQ(LanguageOf("main", "src/main.rs", false), Language::kRust);
}

TEST(AdviceTest, WithoutAFileTheNameDoes) {
  EXPECT_EQ(LanguageOf("parse", "", false), Language::kC);
  EXPECT_EQ(LanguageOf("app::parse(int)", "", false), Language::kCxx);
  EXPECT_EQ(LanguageOf("parse(char const*)", "", false), Language::kCxx);
  EXPECT_EQ(LanguageOf("app::parse", "", true), Language::kRust);
  EXPECT_EQ(LanguageOf("app::main::{{closure}}", "", false), Language::kRust);
}

TEST(AdviceTest, InstancesOfGenericsAreTheLibrarys) {
  EXPECT_TRUE(IsSystemFile("/rustc/59807616e1fa/library/alloc/src/slice.rs"));
  EXPECT_TRUE(IsSystemFile("/usr/include/c++/12/bits/basic_string.tcc"));
  EXPECT_FALSE(IsSystemFile("/home/me/library/src/slice.rs"));
}

std::set<std::string> Advised(const report::Report& report) {
  std::set<std::string> functions;
  const report::Table* table = report::FindTable(report, "advice");
  const int at = report::FindColumn(*table, "function");
  for (const auto& row : table->rows) {
    functions.insert(std::get<std::string>(row[static_cast<size_t>(at)]));
  }
  return functions;
}

TEST(AdviceTest, AWrapperOfMallocIsFolded) {
  FramesByHand f;
  for (uint64_t i = 0; i < 20; i++) {
    for (uint64_t caller = 0; caller < 10; caller++) {
      f.Malloc({"app:main", "app:caller" + std::to_string(caller), "app:xalloc"}, 5000 + 977 * i);
    }
  }
  const std::set<std::string> functions = Advised(f.Report());
  EXPECT_EQ(functions.count("xalloc"), 0u);
  EXPECT_EQ(functions, (std::set<std::string>{"caller0", "caller1", "caller2"}))
      << "of leaks alike the largest three are shown";
}

TEST(AdviceTest, AFunctionOfOneSizeIsNoWrapper) {
  FramesByHand f;
  for (uint64_t i = 0; i < 20; i++) {
    for (uint64_t caller = 0; caller < 10; caller++) {
      f.Malloc({"app:main", "app:caller" + std::to_string(caller), "app:make_node"}, 5000);
    }
  }
  EXPECT_EQ(Advised(f.Report()), std::set<std::string>{"make_node"});
}

}  // namespace
}  // namespace allocprof::analysis
