// SPDX-License-Identifier: Apache-2.0
#include "view/text_prose.h"

#include <gtest/gtest.h>

#include <sstream>

namespace allocprof::view {
namespace {

std::string Prose(const report::Table& table, int width) {
  TextOptions options;
  options.width = width;
  options.utf8 = false;
  std::ostringstream out;
  WriteTextProse(table, TextStyle(options), out);
  return out.str();
}

report::Table Findings() {
  report::Table table{.key = "findings", .title = "Findings"};
  table.prose = true;
  table.columns = {{"rule", "", report::Unit::kText},
                   {"finding", "finding", report::Unit::kText},
                   {"evidence", "evidence", report::Unit::kText}};
  table.rows = {{std::string("hidden"), std::string("one two three four five six"),
                 std::string("/a/path/of/some/length/that/stays")}};
  return table;
}

TEST(TextProse, WrapsBelowItsBulletAndHidesWhatHasNoTitle) {
  EXPECT_EQ(Prose(Findings(), 20),
            "\n"
            "Findings\n"
            "  * one two three\n"
            "    four five six\n"
            "      evidence  /a/path/of/some/length/that/stays\n");
}

TEST(TextProse, ForeignTextIsHarmless) {
  report::Table table = Findings();
  table.rows = {{std::string(), std::string("a\x1b[31m\nb"), std::string("c")}};
  const std::string text = Prose(table, 80);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
}

}  // namespace
}  // namespace allocprof::view
