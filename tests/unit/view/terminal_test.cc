// SPDX-License-Identifier: Apache-2.0
#include "base/terminal.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace allocprof {
namespace {

EnvironmentLookup Environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> const char* {
    const auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second.c_str();
  };
}

TEST(Terminal, ColorOnlyOnATerminal) {
  EXPECT_TRUE(UsesColor(ColorChoice::kAuto, true, Environment({})));
  EXPECT_FALSE(UsesColor(ColorChoice::kAuto, false, Environment({})));
}

TEST(Terminal, EnvironmentDecidesOnColor) {
  EXPECT_FALSE(UsesColor(ColorChoice::kAuto, true, Environment({{"NO_COLOR", "1"}})));
  EXPECT_TRUE(UsesColor(ColorChoice::kAuto, true, Environment({{"NO_COLOR", ""}})));
  EXPECT_FALSE(UsesColor(ColorChoice::kAuto, true, Environment({{"TERM", "dumb"}})));
  EXPECT_TRUE(UsesColor(ColorChoice::kAuto, false, Environment({{"CLICOLOR_FORCE", "1"}})));
  EXPECT_FALSE(UsesColor(ColorChoice::kAuto, false, Environment({{"CLICOLOR_FORCE", "0"}})));
  EXPECT_FALSE(UsesColor(ColorChoice::kAuto, false,
                         Environment({{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}})));
}

TEST(Terminal, AFlagOverridesTheEnvironment) {
  EXPECT_TRUE(UsesColor(ColorChoice::kAlways, false, Environment({{"NO_COLOR", "1"}})));
  EXPECT_FALSE(UsesColor(ColorChoice::kNever, true, Environment({{"CLICOLOR_FORCE", "1"}})));
}

TEST(Terminal, WidthWithoutATerminal) {
  EXPECT_EQ(TextWidth(-1, Environment({})), 80);
  EXPECT_EQ(TextWidth(-1, Environment({{"COLUMNS", "132"}})), 132);
  EXPECT_EQ(TextWidth(-1, Environment({{"COLUMNS", "3"}})), 40);
  for (const char* bad : {"", "0", "-5", "wide", "80x", "99999999999999999999"}) {
    EXPECT_EQ(TextWidth(-1, Environment({{"COLUMNS", bad}})), 80) << bad;
  }
}

TEST(Terminal, LocaleDecidesOnUtf8) {
  EXPECT_FALSE(ShowsUtf8(Environment({})));
  EXPECT_FALSE(ShowsUtf8(Environment({{"LANG", "C"}})));
  EXPECT_TRUE(ShowsUtf8(Environment({{"LANG", "en_US.utf8"}})));
  EXPECT_TRUE(ShowsUtf8(Environment({{"LC_CTYPE", "C.UTF-8"}, {"LANG", "C"}})));
  EXPECT_FALSE(ShowsUtf8(Environment({{"LC_ALL", "C"}, {"LANG", "en_US.UTF-8"}})));
  EXPECT_TRUE(ShowsUtf8(Environment({{"LC_ALL", ""}, {"LANG", "en_US.UTF-8"}})));
}

}  // namespace
}  // namespace allocprof
