// SPDX-License-Identifier: Apache-2.0
#include "view/text_tree.h"

#include <gtest/gtest.h>

#include <sstream>

#include "view/bar.h"
#include "view/display_text.h"

namespace allocprof::view {
namespace {

using report::Unit;
using report::Value;

report::Report Sample() {
  report::Report r;
  r.groups.push_back(
      {.key = "totals", .scalars = {{"allocations", "", Unit::kCount, uint64_t{1000}}}});
  report::Table t{.key = "tree", .title = "Call tree", .tree = true};
  t.columns = {{"depth", "", Unit::kNone},
               {"function", "function", Unit::kText},
               {"module", "", Unit::kText},
               {"file", "where", Unit::kText},
               {"line", "", Unit::kNone},
               {"rest", "", Unit::kCount},
               {"total.allocations", "allocations", Unit::kCount},
               {"self.allocations", "itself", Unit::kCount}};
  const auto row = [&](uint64_t depth, const char* name, uint64_t rest, uint64_t total,
                       uint64_t self) {
    t.rows.push_back({depth, name[0] != 0 ? Value(std::string(name)) : Value(), std::string("demo"),
                      Value(), Value(), rest, total, self});
  };
  row(0, "main", 0, 990, 0);
  row(1, "run", 0, 980, 30);
  row(2, "parse", 0, 600, 600);
  row(2, "print", 0, 345, 0);
  row(3, "write", 0, 345, 345);
  row(2, "", 4, 5, 0);
  row(1, "", 1, 10, 0);
  row(0, "", 2, 10, 0);
  r.tables.push_back(std::move(t));
  return r;
}

std::string Written(int width, bool utf8 = true) {
  const report::Report r = Sample();
  std::ostringstream out;
  WriteTextTree(r, r.tables[0], TextStyle({.width = width, .utf8 = utf8}), out);
  return out.str();
}

TEST(TextTree, IndentsWhereItBranchesAndCountsWhatWasCut) {
  EXPECT_EQ(Written(90),
            "\nCall tree\n"
            "         allocations  itself\n"
            " 99.0 %          990          main  demo  … 1 smaller, 1.0 %\n"
            " 98.0 %          980      30  run  demo  … 4 smaller, 0.5 %\n"
            " 60.0 %          600     600  ├ parse  demo\n"
            " 34.5 %          345          └ print  demo\n"
            " 34.5 %          345     345    write  demo\n"
            "  … 2 smaller, 1.0 %\n");
}

TEST(TextTree, HasBarsWhereThereIsRoom) {
  EXPECT_NE(Written(120).find("60.0 %          600     600  ██████      ├ parse"),
            std::string::npos);
  EXPECT_NE(Written(120, false).find("600  ######      + parse"), std::string::npos);
}

TEST(TextTree, KeepsToTheWidth) {
  for (const int width : {40, 60, 80, 100, 200}) {
    std::istringstream in(Written(width));
    for (std::string line; std::getline(in, line);) {
      EXPECT_LE(DisplayWidth(line), std::max(width, 50)) << line;
    }
  }
}

TEST(BarTest, ShowsSharesInEighths) {
  EXPECT_EQ(Bar(0, 4, true), "");
  EXPECT_EQ(Bar(0.0001, 4, true), "▏");
  EXPECT_EQ(Bar(0.5, 4, true), "██");
  EXPECT_EQ(Bar(0.53, 4, true), "██▏");
  EXPECT_EQ(Bar(7, 4, true), "████");
  EXPECT_EQ(Bar(0.5, 4, false), "##");
  EXPECT_EQ(Bar(0.5, 0, true), "");
}

}  // namespace
}  // namespace allocprof::view
