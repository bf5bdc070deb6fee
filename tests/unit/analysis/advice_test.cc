// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "analysis/advice/language.h"
#include "analysis/plumbing.h"
#include "frames_by_hand.h"
#include "support/temp_dir.h"

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

// Its pieces as "rule function", in their order.
std::vector<std::string> Pieces(const report::Report& report) {
  std::vector<std::string> pieces;
  const report::Table* table = report::FindTable(report, "advice");
  const auto at = static_cast<size_t>(report::FindColumn(*table, "function"));
  for (const auto& row : table->rows) {
    const auto* function = std::get_if<std::string>(&row[at]);
    pieces.push_back(std::get<std::string>(row[0]) + " " + (function != nullptr ? *function : "-"));
  }
  return pieces;
}

// `after`: allocations that follow when all is freed.
std::vector<std::string> OfATree(uint64_t after) {
  FramesByHand f;
  test::Recording& r = f.recording;
  const test::Stack node = f.Stack({"app:main", "app:parse"}),
                    drop = f.Stack({"app:main", "app:drop"});
  for (uint64_t i = 0; i < 2000; i++) r.Malloc(1, node, 0x100000 + 256 * i, 100 + i % 60);
  for (uint64_t i = 0; i < 2000; i++) r.Free(1, 0x100000 + 256 * i, drop);
  const test::Stack later = f.Stack({"app:main", "app:later"});
  for (uint64_t i = 0; i < after; i++) r.Malloc(1, later, 0x10000, 8).Free(1, 0x10000, later);
  return Pieces(f.Report());
}

TEST(AdviceTest, ATreeThatIsDroppedCouldBeInAnArena) {
  EXPECT_EQ(OfATree(90), std::vector<std::string>{"arena parse"});
}

TEST(AdviceTest, ATreeThatIsDroppedAsTheProgramEndsNeedsNone) {
  EXPECT_EQ(OfATree(5), std::vector<std::string>());
}

TEST(AdviceTest, AProgramThatNeverFreesGetsOnePieceNotDozens) {
  FramesByHand f;
  for (uint64_t i = 0; i < 30; i++) {
    f.Malloc({"app:main", "app:table" + std::to_string(i)}, 100000 + 1000 * i);
  }
  const report::Report r = f.Report();
  EXPECT_EQ(Pieces(r), std::vector<std::string>{"leak-once table29"});
  EXPECT_NE(CellText(r, "advice", "leak-once", "why").find("29 more places leak so, 3.2 MiB"),
            std::string::npos)
      << CellText(r, "advice", "leak-once", "why");
}

// 2,000 calls of 100 ns each, of which one in ten was timed, in `cpu_ns` of processor time.
std::vector<std::string> OfCalls(uint64_t cpu_ns) {
  FramesByHand f;
  test::Recording& r = f.recording;
  for (uint64_t i = 0; i < 1000; i++) {
    const test::Stack stack = f.Stack({"app:main", "app:f" + std::to_string(i % 50)});
    r.Malloc(1, stack, 0x10000 + 256 * i, 10 + i % 40);
    if (i % 10 == 0) r.Block(1).Cost(100, 48);
  }
  for (uint64_t i = 0; i < 1000; i++) {
    r.Free(1, 0x10000 + 256 * ((i * 7) % 1000));
    if (i % 10 == 0) r.Block(1).Cost(100, 0);
  }
  std::string text = r.Text();
  const size_t end = text.rfind("\"totals\":");
  text.insert(end, "\"cpu\":[" + std::to_string(cpu_ns) + ",0],");
  const test::TempDir dir;
  const auto report = BuildReport(dir.Write("trace.json", text), {.top = 0});
  EXPECT_TRUE(report.ok()) << report.status().message();
  return Pieces(report.value());
}

TEST(AdviceTest, TheAllocatorsShareIsThatOfTheTimedCalls) {
  EXPECT_EQ(OfCalls(1000000), std::vector<std::string>{"allocator -"}) << "a fifth";
  EXPECT_EQ(OfCalls(4000000), std::vector<std::string>()) << "a twentieth";
}

}  // namespace
}  // namespace allocprof::analysis
