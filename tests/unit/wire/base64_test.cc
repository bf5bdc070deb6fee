// SPDX-License-Identifier: Apache-2.0
#include "wire/base64.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "support/exact_bytes.h"

namespace allocprof::wire {
namespace {

using test::ExactBytes;

std::string Encode(const std::string& bytes) {
  const ExactBytes in(bytes);
  std::string out(Base64Size(bytes.size()), '?');
  const char* end = EncodeBase64(in.begin(), in.size(), out.data());
  EXPECT_EQ(end, out.data() + out.size());
  return out;
}

std::optional<std::string> Decode(const std::string& text) {
  const ExactBytes in(text);
  std::string out(text.size() / 4 * 3, '?');
  const ptrdiff_t n = DecodeBase64(reinterpret_cast<const char*>(in.begin()), in.size(),
                                   reinterpret_cast<uint8_t*>(out.data()));
  if (n < 0) return std::nullopt;
  EXPECT_LE(static_cast<size_t>(n), out.size());
  return out.substr(0, static_cast<size_t>(n));
}

// RFC 4648 section 10.
constexpr std::pair<const char*, const char*> kVectors[] = {{"", ""},
                                                            {"f", "Zg=="},
                                                            {"fo", "Zm8="},
                                                            {"foo", "Zm9v"},
                                                            {"foob", "Zm9vYg=="},
                                                            {"fooba", "Zm9vYmE="},
                                                            {"foobar", "Zm9vYmFy"}};

TEST(Base64Test, EncodesTheVectorsOfTheRfc) {
  for (const auto& [plain, text] : kVectors) EXPECT_EQ(Encode(plain), text);
}

TEST(Base64Test, DecodesTheVectorsOfTheRfc) {
  for (const auto& [plain, text] : kVectors) EXPECT_EQ(Decode(text), plain) << text;
}

TEST(Base64Test, EveryByteAtEveryOffsetComesBack) {
  for (size_t length = 1; length <= 7; length++) {
    for (size_t at = 0; at < length; at++) {
      for (int byte = 0; byte < 256; byte++) {
        std::string bytes(length, '\xa5');
        bytes[at] = static_cast<char>(byte);
        ASSERT_EQ(Decode(Encode(bytes)), bytes);
      }
    }
  }
}

TEST(Base64Test, RefusesALengthThatIsNoMultipleOfFour) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zm9vY", "Zm9vYg", "Zm9vYg="}) {
    EXPECT_EQ(Decode(text), std::nullopt) << text;
  }
}

TEST(Base64Test, RefusesEveryCharacterOutsideTheAlphabet) {
  const std::string alphabet = kBase64Alphabet;
  for (int c = 0; c < 256; c++) {
    if (alphabet.find(static_cast<char>(c)) != std::string::npos) continue;
    for (size_t at = 0; at < 4; at++) {
      // A last '=' is padding.
      if (c == '=' && at == 3) continue;
      std::string text = "Zm9v";
      text[at] = static_cast<char>(c);
      EXPECT_EQ(Decode(text), std::nullopt) << c << " at " << at;
    }
  }
}

TEST(Base64Test, RefusesPaddingThatIsNotAtTheEnd) {
  for (const char* text : {"Zg==Zm9v", "Zm8=Zm9v", "=m9v", "Z=9v", "====", "Z===", "Zg=v"}) {
    EXPECT_EQ(Decode(text), std::nullopt) << text;
  }
}

// RFC 4648 section 3.5: else two texts would stand for the same bytes.
TEST(Base64Test, RefusesBitsThatPaddingWouldDrop) {
  EXPECT_EQ(Decode("Zh=="), std::nullopt);
  EXPECT_EQ(Decode("Zm9="), std::nullopt);
}

TEST(Base64Test, SizeIsFourCharactersForThreeBytesBegun) {
  EXPECT_EQ(Base64Size(0), 0u);
  EXPECT_EQ(Base64Size(1), 4u);
  EXPECT_EQ(Base64Size(3), 4u);
  EXPECT_EQ(Base64Size(4), 8u);
}

}  // namespace
}  // namespace allocprof::wire
