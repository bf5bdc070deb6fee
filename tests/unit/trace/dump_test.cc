// SPDX-License-Identifier: Apache-2.0
#include "trace/dump.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "support/recording.h"
#include "support/temp_dir.h"

namespace allocprof::trace {
namespace {

using nlohmann::json;
using test::Recording;

std::string DumpOf(const std::string& text) {
  const test::TempDir dir;
  std::ostringstream out;
  const Status s = Dump(dir.Write("trace.json", text), out);
  EXPECT_TRUE(s.ok()) << s.message();
  return out.str();
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Recording Program() {
  Recording r;
  r.records().Module(1, "/opt/demo/bin/demo", 0x100, 0x2000, 0).Sample(1200, 5200, 4096);
  r.Malloc(1, {0x100}, 0x1000, 24, wire::Entry::kCalloc).Realloc(1, {0x100}, 0x1000, 0x1000, 48);
  r.Failed(2, {0x110}, 1 << 30).Free(2, 0x1000);
  return r;
}

TEST(DumpTest, IsOneJsonDocument) {
  const json all = json::parse(DumpOf(Program().Text()));
  ASSERT_TRUE(all.is_array());
  EXPECT_EQ(all.front()["k"], "header");
  EXPECT_EQ(all.front()["exe"], "/opt/demo/bin/demo");
  EXPECT_EQ(all.back()["k"], "end");
  EXPECT_EQ(all.back()["allocations"], 2);
  EXPECT_EQ(all.back()["complete"], true);
}

TEST(DumpTest, HasOneRecordALine) {
  const std::vector<std::string> lines = LinesOf(DumpOf(Program().Text()));
  ASSERT_GT(lines.size(), 3u);
  EXPECT_EQ(lines.front(), "[");
  EXPECT_EQ(lines.back(), "]");
  for (size_t i = 1; i + 1 < lines.size(); i++) {
    std::string line = lines[i];
    if (line.back() == ',') line.pop_back();
    EXPECT_TRUE(json::parse(line, nullptr, false).is_object()) << line;
  }
}

TEST(DumpTest, EventsSayWhoCalledWhatAndWhen) {
  const std::vector<std::string> lines = LinesOf(DumpOf(Program().Text()));
  std::vector<std::string> events;
  for (const std::string& line : lines) {
    for (const char* kind : {"{\"k\":\"alloc\"", "{\"k\":\"free\"", "{\"k\":\"failed\""}) {
      if (line.rfind(kind, 0) == 0) events.push_back(line);
    }
  }
  EXPECT_EQ(
      events,
      (std::vector<std::string>{
          R"({"k":"alloc","by":"calloc","thread":1,"t":1010,"stack":1,"address":4096,"size":24},)",
          R"({"k":"free","by":"realloc","thread":1,"t":1020,"stack":1,"address":4096},)",
          R"({"k":"alloc","by":"realloc","thread":1,"t":1030,"stack":1,"address":4096,"size":48},)",
          R"({"k":"failed","by":"malloc","thread":2,"t":1040,"stack":1,"size":1073741824},)",
          R"({"k":"free","by":"free","thread":2,"t":1050,"stack":2,"address":4096},)"}));
}

TEST(DumpTest, StacksAreDefinedBeforeTheyAreUsed) {
  const json all = json::parse(DumpOf(Program().Text()));
  std::map<std::pair<json, json>, bool> known;
  for (const json& j : all) {
    if (j["k"] == "stack") known[std::make_pair(j["thread"], j["id"])] = true;
    EXPECT_TRUE(!j.contains("stack") || known[std::make_pair(j["thread"], j["stack"])]) << j.dump();
  }
  EXPECT_EQ(known.size(), 3u);
}

TEST(DumpTest, TextThatIsNoUtf8CannotBreakTheDocument) {
  std::string text = Program().Text();
  const size_t at = text.find("/opt/demo/bin/demo\",\"argv");
  text.replace(at, 4, "\\u0000\\ud83d\\ude00\\\"");
  EXPECT_TRUE(json::parse(DumpOf(text), nullptr, false).is_array());
}

TEST(DumpTest, DamageIsARecordOfItsOwn) {
  std::string text = Program().TextWithoutEnd();
  text += "{\"k\":";
  const json all = json::parse(DumpOf(text));
  const json& damage = all[all.size() - 2];
  EXPECT_EQ(damage["k"], "damage");
  EXPECT_EQ(damage["what"], "the last line is cut");
  EXPECT_EQ(all.back()["ending"], "died");
}

TEST(DumpTest, AnUnknownEntryIsSaidToBeUnknown) {
  Recording r;
  r.Malloc(1, {0x100}, 0x1000, 24, static_cast<wire::Entry>(15));
  EXPECT_NE(DumpOf(r.Text()).find("\"by\":\"unknown\""), std::string::npos);
}

TEST(DumpTest, AFileThatIsNoTraceIsAnErrorAndNoOutput) {
  const test::TempDir dir;
  std::ostringstream out;
  const Status s = Dump(dir.Write("trace.json", "hello\n"), out);
  EXPECT_EQ(s.code(), ErrorCode::kDamaged);
  EXPECT_EQ(out.str(), "");
}

TEST(DumpTest, OutputThatCannotBeWrittenIsAnError) {
  const test::TempDir dir;
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_FALSE(Dump(dir.Write("trace.json", Program().Text()), out).ok());
}

}  // namespace
}  // namespace allocprof::trace
