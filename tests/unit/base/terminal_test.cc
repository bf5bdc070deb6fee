// SPDX-License-Identifier: Apache-2.0
#include "base/terminal.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace allocprof {
namespace {

class Environment {
 public:
  Environment(std::initializer_list<std::pair<const std::string, std::string>> variables)
      : variables_(variables) {}
  const char* operator()(const char* name) const {
    const auto it = variables_.find(name);
    return it == variables_.end() ? nullptr : it->second.c_str();
  }

 private:
  std::map<std::string, std::string> variables_;
};

constexpr int kNoTerminal = -1;

TEST(TerminalTest, AChoiceBeatsTheEnvironment) {
  EXPECT_TRUE(UsesColor(ColorChoice::kAlways, false, Environment{{"NO_COLOR", "1"}}));
  EXPECT_FALSE(UsesColor(ColorChoice::kNever, true, Environment{{"CLICOLOR_FORCE", "1"}}));
}

TEST(TerminalTest, OnlyATerminalGetsColour) {
  EXPECT_TRUE(UsesColor(ColorChoice::kAuto, true, Environment{}));
  EXPECT_FALSE(UsesColor(ColorChoice::kAuto, false, Environment{}));
  EXPECT_FALSE(UsesColor(ColorChoice::kAuto, true, Environment{{"TERM", "dumb"}}));
}

TEST(TerminalTest, NoColorBeatsForceBeatsTerminal) {
  EXPECT_FALSE(
      UsesColor(ColorChoice::kAuto, true, Environment{{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}));
  EXPECT_TRUE(UsesColor(ColorChoice::kAuto, false, Environment{{"CLICOLOR_FORCE", "1"}}));
  EXPECT_FALSE(UsesColor(ColorChoice::kAuto, false, Environment{{"CLICOLOR_FORCE", "0"}}));
}

TEST(TerminalTest, AnEmptyNoColorSaysNothing) {
  EXPECT_TRUE(UsesColor(ColorChoice::kAuto, true, Environment{{"NO_COLOR", ""}}));
}

TEST(TerminalTest, WidthIsThatOfColumnsOrEighty) {
  EXPECT_EQ(TextWidth(kNoTerminal, Environment{}), 80);
  EXPECT_EQ(TextWidth(kNoTerminal, Environment{{"COLUMNS", "132"}}), 132);
  EXPECT_EQ(TextWidth(kNoTerminal, Environment{{"COLUMNS", "132x"}}), 80);
  EXPECT_EQ(TextWidth(kNoTerminal, Environment{{"COLUMNS", "-1"}}), 80);
  EXPECT_EQ(TextWidth(kNoTerminal, Environment{{"COLUMNS", "99999999999"}}), 80);
}

TEST(TerminalTest, WidthIsAtLeastForty) {
  EXPECT_EQ(TextWidth(kNoTerminal, Environment{{"COLUMNS", "3"}}), 40);
}

TEST(TerminalTest, TheFirstLocaleVariableThatIsSetDecides) {
  EXPECT_TRUE(ShowsUtf8(Environment{{"LANG", "de_DE.UTF-8"}}));
  EXPECT_TRUE(ShowsUtf8(Environment{{"LC_CTYPE", "C.utf8"}}));
  EXPECT_FALSE(ShowsUtf8(Environment{{"LC_ALL", "C"}, {"LANG", "de_DE.UTF-8"}}));
  EXPECT_TRUE(ShowsUtf8(Environment{{"LC_ALL", ""}, {"LANG", "de_DE.UTF-8"}}));
  EXPECT_FALSE(ShowsUtf8(Environment{}));
}

}  // namespace
}  // namespace allocprof
