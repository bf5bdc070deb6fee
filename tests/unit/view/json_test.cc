// SPDX-License-Identifier: Apache-2.0
#include "view/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "hostile_names.h"
#include "sample_report.h"
#include "view/display_text.h"

namespace allocprof::view {
namespace {

using Json = nlohmann::json;

Json Parsed(const report::Report& report) {
  std::ostringstream out;
  WriteJson(report, out);
  return Json::parse(out.str());
}

// Where a dotted key leads.
Json At(const Json& object, const std::string& key) {
  std::string pointer = "/" + key;
  for (char& c : pointer) c = c == '.' ? '/' : c;
  return object.at(Json::json_pointer(pointer));
}

Json Of(const report::Value& value) {
  return std::visit(
      [](const auto& v) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>) {
          return nullptr;
        } else {
          return v;
        }
      },
      value);
}

TEST(Json, EveryValueOfTheReportIsReadBack) {
  const report::Report report = SampleReport();
  const Json json = Parsed(report);
  EXPECT_EQ(json.at("schema"), "allocprof.report/1");
  for (const report::ScalarGroup& group : report.groups) {
    for (const report::Scalar& scalar : group.scalars) {
      EXPECT_EQ(At(json.at(group.key), scalar.key), Of(scalar.value)) << scalar.key;
    }
  }
  for (const report::Table& table : report.tables) {
    const Json& rows = json.at(table.key);
    ASSERT_EQ(rows.size(), table.rows.size()) << table.key;
    for (size_t row = 0; row < table.rows.size(); row++) {
      for (size_t i = 0; i < table.columns.size(); i++) {
        EXPECT_EQ(At(rows[row], table.columns[i].key), Of(table.rows[row][i]))
            << table.key << "." << table.columns[i].key;
      }
    }
  }
  EXPECT_EQ(json.at("notes"), Json(report.notes));
}

TEST(Json, DotsNest) {
  const Json json = Parsed(SampleReport());
  EXPECT_EQ(json.at("process").at("exit"), Json::parse(R"({"code":0,"signal":null})"));
  EXPECT_EQ(json.at("process").at("argv"), Json::parse(R"(["sqlite3",":memory:"])"));
  EXPECT_EQ(json.at("functions")[0].at("total").at("allocations"), 398016);
}

TEST(Json, FramesAreInnermostFirst) {
  const Json json = Parsed(SampleReport());
  const Json& frames = json.at("stacks")[0].at("frames");
  ASSERT_EQ(frames.size(), 9u);
  EXPECT_EQ(frames[0].at("function"), "malloc");
  EXPECT_EQ(frames[0].at("file"), nullptr);
  EXPECT_EQ(frames[0].at("line"), nullptr);
  EXPECT_EQ(frames[0].at("plumbing"), true);
  EXPECT_EQ(frames[3].at("inlined"), true);
  EXPECT_EQ(frames[4], Json::parse(R"({"function":"sqlite3VdbeMemGrow","file":"src/vdbemem.c",
      "line":210,"module":"libsqlite3.so.0.8.6","inlined":false,"frame_bytes":48})"));
  EXPECT_EQ(frames[8].at("function"), nullptr);
  EXPECT_EQ(frames[8].at("offset"), 0x27249);
  EXPECT_EQ(frames[8].at("module"), "libc.so.6");
}

TEST(Json, ListedAndOmittedMakeUpTheTotal) {
  const Json json = Parsed(SampleReport());
  for (const char* key :
       {"allocations", "allocated_bytes", "peak_bytes", "leaked_bytes", "temporary_allocations"}) {
    uint64_t sum = json.at("omitted").at("stacks").at(key);
    for (const Json& row : json.at("stacks")) sum += row.at(key).get<uint64_t>();
    EXPECT_EQ(sum, json.at("totals").at(key)) << key;
  }
  EXPECT_EQ(json.at("omitted").at("stacks").at("rows"), 311);
  EXPECT_EQ(json.at("omitted").at("functions").at("total").at("allocations"), 473);
  EXPECT_FALSE(json.at("omitted").contains("threads")) << "it is whole";
}

TEST(Json, LargeIntegersAreExact) {
  report::Report report;
  report.groups = {{"g",
                    "",
                    {{"big", "", report::Unit::kCount, UINT64_MAX},
                     {"low", "", report::Unit::kCount, INT64_MIN},
                     {"nan", "", report::Unit::kSeconds, NAN}}}};
  const Json json = Parsed(report);
  EXPECT_EQ(json.at("g").at("big").get<uint64_t>(), UINT64_MAX);
  EXPECT_EQ(json.at("g").at("low").get<int64_t>(), INT64_MIN);
  EXPECT_EQ(json.at("g").at("nan"), nullptr);
}

TEST(Json, AnyNameIsValidAndKept) {
  for (const std::string& name : HostileNames()) {
    report::Report report = SampleReport();
    report.tables[0].rows[0][0] = name;
    report.tables[1].stacks[0][0].function = name;
    report.notes = {name};
    report.groups[0].scalars[1].value = name;
    const Json json = Parsed(report);
    EXPECT_EQ(ValidUtf8(name), json.at("functions")[0].at("function"));
    EXPECT_EQ(ValidUtf8(name), json.at("stacks")[0].at("frames")[0].at("function"));
    EXPECT_EQ(ValidUtf8(name), json.at("notes")[0]);
    EXPECT_EQ(ValidUtf8(name), json.at("process").at("exe"));
  }
}

TEST(Json, AnEmptyReportIsValid) {
  EXPECT_EQ(Parsed({}), Json::parse(R"({"schema":"allocprof.report/1","omitted":{},"notes":[]})"));
}

TEST(Json, ARowStandsOnALineOfItsOwn) {
  std::ostringstream out;
  WriteJson(SampleReport(), out);
  std::istringstream lines(out.str());
  std::string line;
  int functions = 0;
  while (std::getline(lines, line)) functions += line.rfind("{\"function\":", 0) == 0;
  EXPECT_EQ(functions, 4);
}

}  // namespace
}  // namespace allocprof::view
