// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <gtest/gtest.h>

namespace allocprof::report {
namespace {

Report Sample() {
  Report r;
  r.groups = {{"process", "Process", {{"pid", "pid", Unit::kNone, uint64_t{7}}}},
              {"totals", "Totals", {}}};
  r.tables.push_back(
      {.key = "stacks",
       .columns = {{"allocations", "", Unit::kCount}, {"leaked_bytes", "", Unit::kBytes}}});
  return r;
}

TEST(ReportTest, GroupsAreFoundByKey) {
  const Report r = Sample();
  ASSERT_NE(FindGroup(r, "totals"), nullptr);
  EXPECT_EQ(FindGroup(r, "totals")->title, "Totals");
  EXPECT_EQ(FindGroup(r, "Totals"), nullptr);
  EXPECT_EQ(FindGroup(Report(), "totals"), nullptr);
}

TEST(ReportTest, ScalarsAreFoundByKey) {
  const Report r = Sample();
  const Scalar* pid = FindScalar(r.groups[0], "pid");
  ASSERT_NE(pid, nullptr);
  EXPECT_EQ(std::get<uint64_t>(pid->value), 7u);
  EXPECT_EQ(FindScalar(r.groups[1], "pid"), nullptr);
}

TEST(ReportTest, TablesAndColumnsAreFoundByKey) {
  const Report r = Sample();
  const Table* stacks = FindTable(r, "stacks");
  ASSERT_NE(stacks, nullptr);
  EXPECT_EQ(FindColumn(*stacks, "allocations"), 0);
  EXPECT_EQ(FindColumn(*stacks, "leaked_bytes"), 1);
  EXPECT_EQ(FindColumn(*stacks, "leaked"), -1);
  EXPECT_EQ(FindTable(r, "threads"), nullptr);
}

TEST(ReportTest, AValueIsUnknownUnlessSet) {
  EXPECT_TRUE(std::holds_alternative<std::monostate>(Value()));
}

}  // namespace
}  // namespace allocprof::report
