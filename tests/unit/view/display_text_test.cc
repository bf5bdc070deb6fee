// SPDX-License-Identifier: Apache-2.0
#include "view/display_text.h"

#include <gtest/gtest.h>

namespace allocprof::view {
namespace {

TEST(ShownSourceTest, RustsOwnSourcesAreShownWithoutTheHash) {
  EXPECT_EQ(ShownSource("/rustc/59807616e1/library/core/src/x.rs"), "library/core/src/x.rs");
  EXPECT_EQ(ShownSource("/rustc/"), "/rustc/");
  EXPECT_EQ(ShownSource("/home/me/x.rs"), "/home/me/x.rs");
}

TEST(ValidUtf8, ReplacesEachInvalidPieceOnce) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(ValidUtf8("plain µ 漢"), "plain µ 漢");
  EXPECT_EQ(ValidUtf8("a\xFFz"), "a" + bad + "z");
  EXPECT_EQ(ValidUtf8("\xE6\xBC"), bad);                  // cut short
  EXPECT_EQ(ValidUtf8("\xC0\x80"), bad + bad);            // overlong
  EXPECT_EQ(ValidUtf8("\xED\xA0\x80"), bad + bad + bad);  // surrogate
  EXPECT_EQ(ValidUtf8("\xF4\x90\x80\x80z"), bad + bad + bad + bad + "z");
  EXPECT_EQ(ValidUtf8("line\nline"), "line\nline");
}

TEST(Printable, DisarmsControlCharacters) {
  EXPECT_EQ(Printable("a\nb\tc", true), "a\\nb\\tc");
  EXPECT_EQ(Printable("\x1b[2J\x07", true), "\\x1b[2J\\x07");
  EXPECT_EQ(Printable("\x7f\xC2\x9b", true), "\\x7f\\x9b");
  EXPECT_EQ(Printable("\xE2\x80\xAE"
                      "abc",
                      true),
            "\\u202eabc");
  EXPECT_EQ(Printable(std::string("a\0b", 3), true), "a\\x00b");
}

TEST(Printable, FallsBackToAscii) {
  EXPECT_EQ(Printable("naïve 漢", false), "na?ve ?");
  EXPECT_EQ(Printable("a\xFF", false), "a?");
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("naïve"), 5);
  EXPECT_EQ(DisplayWidth("漢字"), 4);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1);
}

TEST(Elide, KeepsWhatFits) {
  EXPECT_EQ(ElideMiddle("abcdef", 6, true), "abcdef");
  EXPECT_EQ(ElideMiddle("", 0, true), "");
}

TEST(Elide, CutsTheMiddleOrTheStart) {
  EXPECT_EQ(ElideMiddle("abcdefghij", 5, true), "ab…ij");
  EXPECT_EQ(ElideMiddle("abcdefghij", 6, true), "abc…ij");
  EXPECT_EQ(ElideMiddle("abcdefghij", 7, false), "ab...ij");
  EXPECT_EQ(ElideStart("/usr/src/file.c:12", 10, true), "…file.c:12");
  EXPECT_EQ(ElideMiddle("abcdef", 1, true), "a");
}

TEST(Elide, NeverExceedsTheWidthNorCutsACharacter) {
  const std::string text = "漢字かなµßéab漢字かな";
  for (int width = 0; width < 30; width++) {
    for (const bool utf8 : {true, false}) {
      const std::string cut = ElideMiddle(text, width, utf8);
      EXPECT_LE(DisplayWidth(cut), width);
      EXPECT_EQ(ValidUtf8(cut), cut);
      EXPECT_LE(DisplayWidth(ElideStart(text, width, utf8)), width);
    }
  }
}

TEST(Wrap, BreaksBetweenWords) {
  EXPECT_EQ(Wrap("one two three", 7, true), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(Wrap("  spaced   out ", 20, true), (std::vector<std::string>{"spaced out"}));
  EXPECT_EQ(Wrap("abcdefghij k", 5, true), (std::vector<std::string>{"ab…ij", "k"}));
  EXPECT_TRUE(Wrap("", 5, true).empty());
}

TEST(WrapWords, NeverBreaksInsideOne) {
  EXPECT_EQ(WrapWords({"1 block (5 %),", "2 KiB"}, 15, true),
            (std::vector<std::string>{"1 block (5 %),", "2 KiB"}));
}

}  // namespace
}  // namespace allocprof::view
