// SPDX-License-Identifier: Apache-2.0
#include "view/markdown.h"

#include <gtest/gtest.h>

#include <sstream>

#include "hostile_names.h"
#include "sample_report.h"

namespace allocprof::view {
namespace {

std::vector<std::string> Written(const report::Table& table) {
  std::ostringstream out;
  WriteMarkdown(table, out);
  std::istringstream in(out.str());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

size_t Bars(const std::string& line) {
  size_t bars = 0;
  bool escaped = false;
  for (const char c : line) {
    bars += c == '|' && !escaped;
    escaped = c == '\\' && !escaped;
  }
  return bars;
}

TEST(Markdown, ATreeIsIndentedAndItsRestSaidSo) {
  report::Table table{.key = "tree", .tree = true};
  table.columns = {{"depth"},
                   {"function", "function", report::Unit::kText},
                   {"rest"},
                   {"total.allocations", "allocations", report::Unit::kCount}};
  table.rows = {{uint64_t{0}, std::string("main"), uint64_t{0}, uint64_t{10}},
                {uint64_t{1}, std::string("f"), uint64_t{0}, uint64_t{8}},
                {uint64_t{1}, report::Value(), uint64_t{3}, uint64_t{2}}};
  std::ostringstream out;
  WriteMarkdown(table, out);
  EXPECT_EQ(out.str(),
            "| function | allocations |\n| --- | ---: |\n| main | 10 |\n| &emsp;f | 8 |\n"
            "| &emsp;… 3 smaller | 2 |\n");
}

TEST(Markdown, ATableOfTitledColumns) {
  const auto lines = Written(*report::FindTable(SampleReport(), "functions"));
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_EQ(lines[0], "| Function | Where | Allocations | Allocated | Peak |");
  EXPECT_EQ(lines[1], "| --- | --- | ---: | ---: | ---: |");
  EXPECT_EQ(lines[2], "| sqlite3VdbeExec | src/vdbe.c:880 | 398,016 | 120.3 MiB | 7.6 MiB |");
  EXPECT_NE(lines[7].find("123 more"), std::string::npos);
}

TEST(Markdown, StacksNameTheirCallSite) {
  const auto lines = Written(*report::FindTable(SampleReport(), "stacks"));
  EXPECT_NE(lines[2].find("| dbMallocRawFinish |"), std::string::npos) << lines[2];
}

TEST(Markdown, NoNameEndsACellOrOpensATag) {
  const report::Report report = SampleReport();
  for (const std::string& name : HostileNames()) {
    report::Table table = report.tables[0];
    table.rows[0][0] = name;
    const auto lines = Written(table);
    ASSERT_EQ(lines.size(), 8u);
    EXPECT_EQ(Bars(lines[2]), 6u) << lines[2].substr(0, 200);
    EXPECT_EQ(lines[2].find('<'), std::string::npos);
  }
}

}  // namespace
}  // namespace allocprof::view
