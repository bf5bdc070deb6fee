// SPDX-License-Identifier: Apache-2.0
#include "view/text_advice.h"

#include <gtest/gtest.h>

#include <sstream>

namespace allocprof::view {
namespace {

using report::Unit;
using report::Value;

report::Table Advice(int pieces) {
  report::Table table{.key = "advice", .title = "Advice"};
  for (const char* key :
       {"rule", "title", "why", "text", "source", "function", "file", "line", "idiom",
        "saves.allocations", "saves.allocations_share", "saves.bytes", "saves.time_s"}) {
    table.columns.push_back({key, key, Unit::kNone});
  }
  for (int i = 0; i < pieces; i++) {
    table.rows.push_back({std::string("reuse"), std::string("could keep one buffer"),
                          std::string("Seen it."), std::string("Change it."),
                          std::string("auto p = make(i);"), "f" + std::to_string(i),
                          std::string("a.cc"), uint64_t{12}, Value(), uint64_t{48660}, 0.024,
                          uint64_t{1000}, 0.0032});
    table.stacks.push_back({{.function = "malloc", .plumbing = true}, {.function = "caller"}});
  }
  return table;
}

std::string Text(const report::Table& table, bool whole, int width = 72) {
  TextOptions options;
  options.width = width;
  options.utf8 = false;
  options.long_advice = whole;
  std::ostringstream out;
  WriteTextAdvice(report::Report(), table, TextStyle(options), out);
  return out.str();
}

TEST(TextAdviceTest, APieceSaysWhatWhyWhereAndHowMuch) {
  EXPECT_EQ(Text(Advice(1), false),
            "\n"
            "Advice\n"
            "  1  f0 could keep one buffer\n"
            "     [reuse] - saves 48,660 allocations (2.4 %), about 3.20 ms - a.cc:12\n"
            "     12 | auto p = make(i);\n"
            "     Seen it.\n"
            "     Change it.\n");
}

TEST(TextAdviceTest, InBriefTheRestIsCountedInFullItIsShownWithStacks) {
  const std::string brief = Text(Advice(7), false);
  EXPECT_NE(brief.find("f4 could"), std::string::npos);
  EXPECT_EQ(brief.find("f5 could"), std::string::npos);
  EXPECT_NE(brief.find("2 more pieces of advice: allocprof advise shows them"), std::string::npos);
  EXPECT_EQ(brief.find("caller"), std::string::npos);
  const std::string whole = Text(Advice(7), true);
  EXPECT_NE(whole.find("f6 could"), std::string::npos);
  EXPECT_NE(whole.find("caller"), std::string::npos);
  EXPECT_EQ(whole.find("more piece"), std::string::npos);
}

TEST(TextAdviceTest, WhatIsNotKnownIsLeftOut) {
  report::Table table = Advice(1);
  for (const size_t column : {4, 5, 6, 7, 9, 10, 12}) table.rows[0][column] = Value();
  EXPECT_EQ(Text(table, false),
            "\n"
            "Advice\n"
            "  1  the program could keep one buffer\n"
            "     [reuse] - saves 1000 B\n"
            "     Seen it.\n"
            "     Change it.\n");
}

TEST(TextAdviceTest, ForeignTextIsHarmlessAndNarrow) {
  report::Table table = Advice(1);
  table.rows[0][4] = std::string("x\x1b[2Jy\n") + std::string(400, 'z');
  table.rows[0][5] = std::string("f\x1b[2J");
  const std::string text = Text(table, true, 40);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 40u) << line;
}

}  // namespace
}  // namespace allocprof::view
