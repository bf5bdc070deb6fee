// SPDX-License-Identifier: Apache-2.0
//
// The rows of options.def, which recorder, command line and documentation read as they are.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace allocprof::wire {
namespace {

enum Type { kText, kSize, kCount, kChoice };

struct Row {
  std::string name;
  Type type;
  std::string fallback;
  uint64_t min, max;
  std::string help;
};

const std::vector<Row> kRows = {
#define OPTION(name, type, fallback, min, max, help) {#name, type, fallback, min, max, help},
#include "wire/options.def"
#undef OPTION
};

// Digits, then for a size perhaps K, M or G; 0 for what is no number.
std::pair<bool, uint64_t> Parse(const std::string& text, Type type) {
  size_t end = 0;
  uint64_t v = 0;
  for (; end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0; end++) {
    v = v * 10 + static_cast<uint64_t>(text[end] - '0');
  }
  if (end == 0) return {false, 0};
  if (type == kSize && end + 1 == text.size()) {
    const size_t suffix = std::string("KMG").find(text[end]);
    if (suffix == std::string::npos) return {false, 0};
    return {true, v << (10 * (suffix + 1))};
  }
  return {end == text.size(), v};
}

TEST(OptionsTest, NamesAreUniqueAndFitAnEnvironmentVariable) {
  std::set<std::string> seen;
  for (const Row& row : kRows) {
    EXPECT_TRUE(seen.insert(row.name).second) << row.name;
    EXPECT_TRUE(std::all_of(row.name.begin(), row.name.end(), [](unsigned char c) {
      return std::isupper(c) != 0 || c == '_';
    })) << row.name;
  }
}

TEST(OptionsTest, RootIsNoOption) {
  // ALLOCPROF_ROOT and ALLOCPROF_LIB are the family's mark and the library's place.
  for (const Row& row : kRows) {
    EXPECT_NE(row.name, "ROOT");
    EXPECT_NE(row.name, "LIB");
  }
}

TEST(OptionsTest, NumbersDefaultInsideTheirRange) {
  for (const Row& row : kRows) {
    if (row.type != kSize && row.type != kCount) continue;
    const auto [good, v] = Parse(row.fallback, row.type);
    EXPECT_TRUE(good) << row.name;
    EXPECT_GE(v, row.min) << row.name;
    EXPECT_LE(v, row.max) << row.name;
    EXPECT_LT(row.min, row.max) << row.name;
  }
}

TEST(OptionsTest, ChoicesDefaultToTheirFirstWord) {
  for (const Row& row : kRows) {
    if (row.type != kChoice) continue;
    const size_t colon = row.help.find(':');
    ASSERT_NE(colon, std::string::npos) << row.name;
    std::vector<std::string> words;
    std::istringstream list(row.help.substr(0, colon));
    for (std::string word; std::getline(list, word, '|');) words.push_back(word);
    EXPECT_GE(words.size(), 2u) << row.name;
    EXPECT_EQ(words.front(), row.fallback) << row.name;
    EXPECT_EQ(std::set<std::string>(words.begin(), words.end()).size(), words.size()) << row.name;
  }
}

TEST(OptionsTest, TextsDefaultToALengthTheyAllow) {
  for (const Row& row : kRows) {
    if (row.type != kText) continue;
    EXPECT_GE(row.fallback.size(), row.min) << row.name;
    EXPECT_LE(row.fallback.size(), row.max) << row.name;
  }
}

TEST(OptionsTest, EveryHelpIsOneShortLine) {
  for (const Row& row : kRows) {
    EXPECT_FALSE(row.help.empty()) << row.name;
    EXPECT_LE(row.help.size(), 80u) << row.name;
    EXPECT_EQ(row.help.find('\n'), std::string::npos) << row.name;
    EXPECT_NE(row.help.back(), '.') << row.name;
  }
}

// The recorder finds the words of a choice behind the sentence on the default, which ends in "; ".
TEST(OptionsTest, NoDefaultHoldsTheMarkThatEndsItsSentence) {
  for (const Row& row : kRows) EXPECT_EQ(row.fallback.find("; "), std::string::npos) << row.name;
}

TEST(OptionsTest, ARingHoldsBlocksLargeEnoughForARecord) {
  for (const Row& row : kRows) {
    if (row.name == "RING") {
      EXPECT_GE(row.min / 4, 4096u);
    }
  }
}

}  // namespace
}  // namespace allocprof::wire
