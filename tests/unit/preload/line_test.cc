// SPDX-License-Identifier: Apache-2.0
//
// Whatever bytes a program has in its paths and names, a record line is valid JSON.
#include "line.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace allocprof {
namespace {

using nlohmann::json;

std::string Quoted(const std::string& text) {
  std::string buffer(text.size() * 6 + 2, '#');
  Line line(buffer.data(), buffer.size());
  line.String(text.data(), text.size());
  EXPECT_FALSE(line.full());
  return std::string(line.begin(), line.size());
}

// A byte as the code point of the same number, in UTF-8.
std::string Latin1(unsigned char byte) {
  if (byte < 0x80) return std::string(1, static_cast<char>(byte));
  return {static_cast<char>(0xc0 | byte >> 6), static_cast<char>(0x80 | (byte & 0x3f))};
}

TEST(LineTest, PlainTextIsQuoted) { EXPECT_EQ(Quoted("a b/c.so"), "\"a b/c.so\""); }

TEST(LineTest, QuotesAndBackslashesAreEscaped) { EXPECT_EQ(Quoted("a\"b\\c"), "\"a\\\"b\\\\c\""); }

TEST(LineTest, ControlCharactersAreEscapedSoThatARecordStaysOneLine) {
  for (int c = 0; c < 0x20; c++) {
    const std::string text = {'x', static_cast<char>(c), 'y'};
    const std::string quoted = Quoted(text);
    EXPECT_EQ(quoted.find('\n'), std::string::npos);
    EXPECT_EQ(quoted.find('\0'), std::string::npos);
    EXPECT_EQ(json::parse(quoted).get<std::string>(), text);
  }
}

TEST(LineTest, ValidUtf8Passes) {
  for (const char* text : {"é", "€", "𝄞", "日本語", "\u0080", "\u07ff", "\u0800", "\uffff",
                           "\U00010000", "\U0010ffff"}) {
    EXPECT_EQ(json::parse(Quoted(text)).get<std::string>(), text);
    EXPECT_EQ(Quoted(text), std::string("\"") + text + "\"");
  }
}

TEST(LineTest, AByteThatIsNoUtf8BecomesItsCodePoint) {
  for (int c = 0x80; c < 0x100; c++) {
    const std::string text = {'x', static_cast<char>(c)};
    EXPECT_EQ(json::parse(Quoted(text)).get<std::string>(),
              "x" + Latin1(static_cast<unsigned char>(c)))
        << c;
  }
}

TEST(LineTest, OverlongFormsSurrogatesAndBeyondAreNoUtf8) {
  for (const char* text : {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
                           "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff\xff"}) {
    std::string expected;
    for (const char* c = text; *c != '\0'; c++) expected += Latin1(static_cast<unsigned char>(*c));
    EXPECT_EQ(json::parse(Quoted(text)).get<std::string>(), expected);
  }
}

TEST(LineTest, ACutSequenceIsNoUtf8) {
  for (const char* whole : {"é", "€", "𝄞"}) {
    for (size_t n = 1; n < strlen(whole); n++) {
      EXPECT_TRUE(json::parse(Quoted(std::string(whole, n)), nullptr, false).is_string());
      EXPECT_TRUE(json::parse(Quoted(std::string(whole, n) + "x"), nullptr, false).is_string());
    }
  }
}

TEST(LineTest, RandomBytesCannotMakeInvalidJson) {
  std::mt19937 random(7);
  for (int i = 0; i < 20000; i++) {
    std::string text(random() % 12, '\0');
    for (char& c : text) c = static_cast<char>(random());
    ASSERT_TRUE(json::parse(Quoted(text), nullptr, false).is_string()) << i;
  }
}

TEST(LineTest, NumbersAreWholeAtTheirExtremes) {
  char buffer[64];
  Line line(buffer, sizeof(buffer));
  line.Number(0).Raw(" ").Number(UINT64_MAX).Raw(" ").Signed(INT64_MIN).Raw(" ").Signed(-1);
  EXPECT_EQ(std::string(line.begin(), line.size()),
            "0 18446744073709551615 -9223372036854775808 -1");
}

TEST(LineTest, HexIsTwoDigitsAByte) {
  char buffer[64];
  const uint8_t bytes[] = {0x00, 0x9f, 0xff};
  Line line(buffer, sizeof(buffer));
  line.Hex(bytes, sizeof(bytes));
  EXPECT_EQ(std::string(line.begin(), line.size()), "\"009fff\"");
}

TEST(LineTest, FieldsAreSeparatedByCommas) {
  char buffer[128];
  Line line(buffer, sizeof(buffer));
  line.Raw("{").Field("a", uint64_t{1}).Field("b", "x").Key("c").Raw("[1,2]");
  line.Key("d").Raw("{").Field("e", uint64_t{5}).Raw("}}");
  EXPECT_EQ(std::string(line.begin(), line.size()), R"({"a":1,"b":"x","c":[1,2],"d":{"e":5}})");
}

TEST(LineTest, ABufferOfAnyLengthIsFilledAndNeverPassed) {
  std::string whole(200, '\0');
  Line reference(whole.data(), whole.size());
  const auto write = [](Line* line) {
    line->Raw("{").Field("n", uint64_t{1234567}).Field("s", "a\"\x01\xff€").Key("x").Signed(-12);
    const uint8_t byte = 0xab;
    line->Key("h").Hex(&byte, 1).Raw("}");
  };
  write(&reference);
  for (size_t n = 0; n < reference.size(); n++) {
    const std::unique_ptr<char[]> exact(new char[n]);
    Line line(exact.get(), n);
    write(&line);
    EXPECT_TRUE(line.full()) << n;
    EXPECT_LE(line.size(), n) << n;
  }
  const std::unique_ptr<char[]> exact(new char[reference.size()]);
  Line line(exact.get(), reference.size());
  write(&line);
  EXPECT_FALSE(line.full());
  EXPECT_TRUE(json::parse(std::string(line.begin(), line.size()), nullptr, false).is_object());
}

TEST(LineTest, BulkTextIsWrittenInPlace) {
  char buffer[16];
  Line line(buffer, sizeof(buffer));
  line.Raw("ab");
  EXPECT_EQ(line.room(), 14u);
  memcpy(line.cursor(), "cde", 3);
  line.Advance(3);
  EXPECT_EQ(std::string(line.begin(), line.size()), "abcde");
}

}  // namespace
}  // namespace allocprof
