// SPDX-License-Identifier: Apache-2.0
#include "view/csv.h"

#include <gtest/gtest.h>

#include <sstream>

#include "hostile_names.h"
#include "sample_report.h"
#include "view/display_text.h"

namespace allocprof::view {
namespace {

// Records of fields, by the grammar of RFC 4180.
std::vector<std::vector<std::string>> ParseCsv(const std::string& text) {
  std::vector<std::vector<std::string>> records(1, std::vector<std::string>(1));
  bool quoted = false;
  for (size_t i = 0; i < text.size(); i++) {
    const char c = text[i];
    std::string& field = records.back().back();
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += '"';
      i++;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      records.back().emplace_back();
    } else if (!quoted && c == '\n') {
      records.emplace_back(1);
    } else {
      field += c;
    }
  }
  records.pop_back();
  return records;
}

std::vector<std::vector<std::string>> Written(const report::Table& table) {
  std::ostringstream out;
  WriteCsv(table, out);
  return ParseCsv(out.str());
}

TEST(Csv, FiguresAreExactUnderTheirKeys) {
  const auto records = Written(*report::FindTable(SampleReport(), "functions"));
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[0][4], "total.allocations");
  EXPECT_EQ(records[1],
            (std::vector<std::string>{"sqlite3VdbeExec", "libsqlite3.so.0.8.6", "src/vdbe.c", "880",
                                      "398016", "126123456", "8012345", "1.2e-06"}));
  EXPECT_EQ(records[4][0], "") << "unknown is empty";
}

TEST(Csv, StacksHaveFrames) {
  const auto records = Written(*report::FindTable(SampleReport(), "stacks"));
  EXPECT_EQ(records[0].back(), "frames");
  EXPECT_EQ(records[2].back(), "malloc;pcache1Alloc;main");
  EXPECT_EQ(records[1].back().substr(records[1].back().rfind(';')), ";libc.so.6+0x27249");
}

TEST(Csv, AnyNameIsReadBack) {
  const report::Report report = SampleReport();
  for (const std::string& name : HostileNames()) {
    report::Table table = report.tables[0];
    table.rows[0][0] = name;
    const auto records = Written(table);
    ASSERT_EQ(records.size(), 5u);
    for (const auto& record : records) EXPECT_EQ(record.size(), 8u);
    EXPECT_EQ(records[1][0], ValidUtf8(name));
  }
}

}  // namespace
}  // namespace allocprof::view
