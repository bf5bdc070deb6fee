// SPDX-License-Identifier: Apache-2.0
#include "trace/module_symbols.h"

#include <gtest/gtest.h>

#include "loaded.h"
#include "support/trace_builder.h"

namespace allocprof::trace {
namespace {

ModuleSymbols Sample() {
  ModuleSymbols s;
  s.module = 3;
  s.file = true;
  s.refused = {{"/opt/lib.so", "00ff"}};
  s.missing_split_files = {"a.dwo"};
  s.main = 0x1140;
  s.addresses = {
      {0x1000, {}, {{"inner<\"x\">", "/src/a.cc", 7, true}, {"outer", "/src/a.cc", 9, false}}},
      {0x2000, 0x1ff0, {{"", "", 0, false}}}};
  s.reaches = {{0x2000, 0x2021, 2}};
  s.tail_calls = {{0x2000, 1, 1}};
  return s;
}

// Of all records together, as the reader of a trace has them.
ModuleSymbols ParsedAgain(const ModuleSymbols& s) {
  ModuleSymbols all;
  bool first = true;
  for (const std::string& line : SymbolsRecords(s)) {
    EXPECT_TRUE(line.starts_with(kSymbolsRecord)) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos);
    std::optional<ModuleSymbols> part = ParseSymbolsRecord(line);
    EXPECT_TRUE(part.has_value()) << line;
    if (!part) continue;
    EXPECT_EQ(part->module, s.module);
    if (first) {
      all = *part;
      first = false;
      continue;
    }
    all.addresses.insert(all.addresses.end(), part->addresses.begin(), part->addresses.end());
    all.reaches.insert(all.reaches.end(), part->reaches.begin(), part->reaches.end());
    all.tail_calls.insert(all.tail_calls.end(), part->tail_calls.begin(), part->tail_calls.end());
  }
  return all;
}

TEST(ModuleSymbolsTest, RecordsSayWhatWasKnown) {
  const ModuleSymbols s = Sample(), again = ParsedAgain(s);
  EXPECT_EQ(again.file, true);
  EXPECT_EQ(again.debug_info, false);
  EXPECT_EQ(again.refused, s.refused);
  EXPECT_EQ(again.missing_split_files, s.missing_split_files);
  EXPECT_EQ(again.entry, std::nullopt);
  EXPECT_EQ(again.main, s.main);
  ASSERT_EQ(again.addresses.size(), 2u);
  ASSERT_EQ(again.addresses[0].frames.size(), 2u);
  EXPECT_EQ(again.addresses[0].frames[0].function, "inner<\"x\">");
  EXPECT_EQ(again.addresses[0].frames[0].line, 7);
  EXPECT_TRUE(again.addresses[0].frames[0].inlined);
  EXPECT_EQ(again.addresses[0].frames[1].file, "/src/a.cc");
  EXPECT_EQ(again.addresses[0].start, std::nullopt);
  EXPECT_EQ(again.addresses[1].start, 0x1ff0u);
  ASSERT_EQ(again.reaches.size(), 1u);
  EXPECT_EQ(again.reaches[0].to, 0x2021u);
  EXPECT_EQ(again.reaches[0].answer, 2);
  ASSERT_EQ(again.tail_calls.size(), 1u);
}

TEST(ModuleSymbolsTest, ManyAddressesAreSeveralRecords) {
  ModuleSymbols s = Sample();
  s.addresses.clear();
  for (uint64_t i = 0; i < 10000; i++) s.addresses.push_back({i, {}, {{"f", "", 0, false}}});
  EXPECT_GT(SymbolsRecords(s).size(), 4u);
  EXPECT_EQ(ParsedAgain(s).addresses.size(), 10000u);
}

TEST(ModuleSymbolsTest, WhatDoesNotFitIsNoRecord) {
  const std::string head = "{\"k\":\"symbols\",\"module\":1,\"strings\":[\"f\"],";
  for (const char* rest : {"\"addresses\":7}",
                           "\"addresses\":[7]}",
                           "\"addresses\":[[]]}",
                           "\"addresses\":[[1,null]]}",
                           "\"addresses\":[[1,null,0,0,1]]}",
                           "\"addresses\":[[1,null,0,1,1,0]]}",
                           "\"addresses\":[[1,null,1,0,1,0]]}",
                           "\"addresses\":[[1,null,0,0,4294967296,0]]}",
                           "\"addresses\":[[1,null,0,0,1,2]]}",
                           "\"addresses\":[[-1,null,0,0,1,1]]}",
                           "\"addresses\":[[1,\"x\",0,0,1,1]]}",
                           "\"reaches\":[1,2]}",
                           "\"reaches\":[1,2,3]}",
                           "\"refused\":[[\"a\"]]}",
                           "\"refused\":[[1,2]]}",
                           "\"main\":\"x\"}",
                           "\"file\":1}",
                           "\"missing_split_files\":[1]}",
                           "\"strings\":[1]}",
                           "\"x\":"}) {
    EXPECT_FALSE(ParseSymbolsRecord(head + rest)) << rest;
  }
  EXPECT_FALSE(ParseSymbolsRecord("{\"k\":\"symbols\",\"strings\":[]}")) << "no module";
  EXPECT_TRUE(ParseSymbolsRecord(head + "\"addresses\":[[1,null,0,0,1,1]]}"));
}

TEST(ModuleSymbolsTest, OneLongNameInManyFramesIsBounded) {
  std::string line = "{\"k\":\"symbols\",\"module\":1,\"strings\":[\"" + std::string(100000, 'x') +
                     "\"],\"addresses\":[";
  for (int i = 0; i < 1000; i++) line += "[1,null,0,0,1,1],";
  line.back() = ']';
  EXPECT_FALSE(ParseSymbolsRecord(line + "}"));
}

TEST(ModuleSymbolsTest, ATraceHoldsThemAndTellsOfDamagedOnes) {
  test::TraceBuilder b;
  b.Module(3, "/opt/lib.so", 0x1000, 0x2000, 0);
  for (const std::string& record : SymbolsRecords(Sample())) b.Line(record);
  b.Line("{\"k\":\"symbols\",\"module\":-1}");
  const Loaded l = LoadText(b.End(2000).text());
  EXPECT_EQ(l.trace.symbols.size(), SymbolsRecords(Sample()).size());
  ASSERT_EQ(l.trace.damage.size(), 1u);
  EXPECT_EQ(l.trace.damage[0].what, "a symbols record without its members");
}

}  // namespace
}  // namespace allocprof::trace
