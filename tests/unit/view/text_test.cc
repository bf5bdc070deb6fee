// SPDX-License-Identifier: Apache-2.0
#include "view/text.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/units.h"
#include "hostile_names.h"
#include "sample_report.h"
#include "view/display_text.h"

namespace allocprof::view {
namespace {

std::string Written(const report::Report& report, const TextOptions& options = {}) {
  std::ostringstream out;
  WriteText(report, options, out);
  return out.str();
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

int WidestLine(const std::string& text) {
  int widest = 0;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) widest = std::max(widest, DisplayWidth(line));
  return widest;
}

TEST(Text, HeaderSaysWhatRan) {
  const std::string text = Written(SampleReport());
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "sqlite3 :memory: · pid 48213 · 412 ms · exited with 0");
}

std::vector<report::Frame> Frames(const std::vector<std::string>& names) {
  std::vector<report::Frame> stack;
  for (const std::string& name : names) {
    report::Frame frame;
    frame.function = name;
    frame.plumbing = name[0] == 'p';
    frame.system = frame.plumbing || name[0] == 's';
    stack.push_back(frame);
  }
  return stack;
}

// The lines of one stack, joined by ';'.
std::string Folded(const std::vector<std::string>& names) {
  report::Report report;
  report::Table table{.key = "stacks", .title = "Stacks"};
  table.columns = {{"allocations", "allocations", report::Unit::kCount}};
  table.rows = {{uint64_t{1}}};
  table.stacks = {Frames(names)};
  report.tables.push_back(std::move(table));
  std::istringstream in(Written(report));
  std::string joined, line;
  for (int i = 0; std::getline(in, line); i++) {
    if (i < 4) continue;  // heading and figures
    joined += (joined.empty() ? "" : ";") + line.substr(line.find_first_not_of(' '));
  }
  return joined;
}

TEST(Text, AStackShowsTheProgramAndWhatItCallsOfTheLibraries) {
  EXPECT_EQ(Folded({"p1", "p2", "user", "p3"}), "[2 allocator frames];user;[1 library frame]");
  EXPECT_EQ(Folded({"p1", "s1", "s2", "user"}), "[2 allocator frames];s2;user");
  EXPECT_EQ(Folded({"s1", "user", "s2", "s3", "s4", "main"}), "s1;user;[2 library frames];s4;main");
  EXPECT_EQ(Folded({"user", "s1", "s2"}), "user;[2 library frames]");
  EXPECT_EQ(Folded({"p1", "s1", "s2"}), "[1 allocator frame];s1;s2");
}

TEST(Text, HeaderSaysHowItEnded) {
  report::Report report = SampleReport();
  auto& scalars = report.groups[0].scalars;
  for (report::Scalar& scalar : scalars) {
    if (scalar.key == "exit.code") scalar.value = report::Value();
    if (scalar.key == "exit.signal") scalar.value = uint64_t{9};
  }
  EXPECT_TRUE(Contains(Written(report), "killed by signal 9"));
  for (report::Scalar& scalar : scalars) {
    if (scalar.key == "exit.signal") scalar.value = report::Value();
    if (scalar.key == "complete") scalar.value = false;
  }
  EXPECT_TRUE(Contains(Written(report), "its end was not recorded"));
  scalars.push_back({"ended", "ended by", report::Unit::kText, std::string("still running")});
  EXPECT_TRUE(Contains(Written(report), " · still running\n"));
}

TEST(Text, ShowsTheTotalsExactly) {
  const report::Report report = SampleReport();
  const std::string text = Written(report);
  for (const report::Scalar& scalar : report::FindGroup(report, "totals")->scalars) {
    const uint64_t* number = std::get_if<uint64_t>(&scalar.value);
    if (number == nullptr || scalar.title.empty()) continue;
    EXPECT_TRUE(Contains(text, CountText(*number)) || *number < 1024) << scalar.key;
  }
  EXPECT_TRUE(Contains(text, "8.2 MiB  8,598,323 bytes"));
  EXPECT_TRUE(Contains(text, "305,981  76.2 %"));
}

TEST(Text, WhatHasNoTitleIsNotShown) {
  const std::string text = Written(SampleReport());
  EXPECT_FALSE(Contains(text, "lost_events"));
  EXPECT_FALSE(Contains(text, "2024-05-01"));
  EXPECT_FALSE(Contains(text, "45.0 µs")) << "lifetime.p50_s";
}

TEST(Text, TimelineNamesTheExactPeak) {
  const std::string text = Written(SampleReport());
  EXPECT_TRUE(Contains(text, "█"));
  EXPECT_TRUE(Contains(text, "peak 8.2 MiB at 301 ms"));
}

TEST(Text, SaysWhatWasCut) {
  const std::string text = Written(SampleReport(), {.width = 100});
  EXPECT_TRUE(Contains(text, "… 123 more (473 allocations, 1.2 MiB allocated, 8.8 KiB peak)"));
  EXPECT_TRUE(Contains(text, "… 311 more (81,306 allocations, 26.3 MiB allocated"));
}

TEST(Text, FoldsPlumbingUnlessAskedFor) {
  const std::string folded = Written(SampleReport());
  EXPECT_TRUE(Contains(folded, "         48 B  [3 allocator frames]"));
  EXPECT_FALSE(Contains(folded, "sqlite3MemMalloc"));
  const std::string all = Written(SampleReport(), {.show_plumbing = true});
  EXPECT_TRUE(Contains(all, "sqlite3MemMalloc  src/mem1.c:127"));
  EXPECT_FALSE(Contains(all, "allocator frame"));
}

TEST(Text, FramesHaveTheirBytesAndPlaces) {
  const std::string text = Written(SampleReport());
  EXPECT_TRUE(Contains(text, "        528 B  sqlite3VdbeExec  src/vdbe.c:880\n"));
  EXPECT_TRUE(Contains(text, "       inline  dbMallocRawFinish  src/malloc.c:621\n"));
  EXPECT_TRUE(Contains(text, "    ~27.0 KiB  main  shell.c:25101\n"));
  EXPECT_TRUE(Contains(text, "         32 B  libc.so.6+0x27249\n"));
}

TEST(Text, ALongStackShowsBothEnds) {
  report::Report report = SampleReport();
  report::Frame frame;
  frame.function = "recurse";
  auto& stack = report.tables[1].stacks[1];
  stack.insert(stack.begin() + 2, 1000, frame);
  const std::string text = Written(report);
  EXPECT_TRUE(Contains(text, "pcache1Alloc"));
  EXPECT_TRUE(Contains(text, "main  shell.c:25101"));
  EXPECT_TRUE(Contains(text, "… 969 frames")) << "1,003 lines, 24 + 10 shown";
}

TEST(Text, KeepsToTheWidth) {
  for (const int width : {40, 60, 80, 100, 132, 250}) {
    for (const bool utf8 : {true, false}) {
      const std::string text = Written(SampleReport(), {.width = width, .utf8 = utf8});
      EXPECT_LE(WidestLine(text), std::max(width, 54)) << width << "\n" << text;
    }
  }
}

TEST(Text, NamesAreWholeWhereThereIsRoom) {
  const std::string text = Written(SampleReport(), {.width = 300});
  EXPECT_TRUE(Contains(text, "std::allocator<std::sub_match<char const*> >, true>::_M_dfs"));
  EXPECT_TRUE(Contains(text, "/usr/include/c++/12/bits/regex_executor.tcc:213"));
}

TEST(Text, AColumnOfZerosIsLeftOut) {
  report::Report report = SampleReport();
  const std::string before = Written(report, {.width = 200});
  report::Table& threads = report.tables[2];
  threads.columns.push_back({"failed", "Failed ones", report::Unit::kCount});
  threads.rows[0].push_back(uint64_t{0});
  EXPECT_EQ(Written(report, {.width = 200}), before);
  threads.rows[0].back() = uint64_t{3};
  EXPECT_TRUE(Contains(Written(report, {.width = 200}), "Failed"));
}

TEST(Text, AsciiIsAscii) {
  for (const char c : Written(SampleReport(), {.utf8 = false})) EXPECT_GE(c, '\n');
}

TEST(Text, ColorChangesNothingElse) {
  const std::string plain = Written(SampleReport());
  std::string colored = Written(SampleReport(), {.color = true});
  EXPECT_FALSE(Contains(plain, "\x1b"));
  EXPECT_TRUE(Contains(colored, "\x1b[1m"));
  for (size_t at; (at = colored.find('\x1b')) != std::string::npos;) {
    colored.erase(at, colored.find('m', at) + 1 - at);
  }
  EXPECT_EQ(colored, plain);
}

TEST(Text, NoNameBreaksALineOrReachesTheTerminal) {
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  const auto usual = lines(Written(SampleReport(), {.width = 100}));
  for (const std::string& name : HostileNames()) {
    report::Report report = SampleReport();
    report.tables[0].rows[0][0] = name;
    report.tables[1].stacks[0][4].function = name;
    report.tables[1].stacks[0][4].file = name;
    const std::string text = Written(report, {.width = 100});
    EXPECT_EQ(lines(text), usual) << name.substr(0, 100);
    EXPECT_FALSE(Contains(text, "\x1b"));
    EXPECT_EQ(ValidUtf8(text), text);
    EXPECT_LE(WidestLine(text), 100) << name.substr(0, 100);
  }
}

TEST(Text, AnEmptyReportIsEmpty) { EXPECT_EQ(Written({}), ""); }

}  // namespace
}  // namespace allocprof::view
