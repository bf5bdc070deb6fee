// SPDX-License-Identifier: Apache-2.0
#include "base/terminal.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>

namespace allocprof {
namespace {

constexpr int kDefaultWidth = 80;
constexpr int kLeastWidth = 40;

std::string_view Lookup(const EnvironmentLookup& environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

bool UsesColor(ColorChoice choice, bool is_terminal, const EnvironmentLookup& environment) {
  if (choice != ColorChoice::kAuto) return choice == ColorChoice::kAlways;
  if (!Lookup(environment, "NO_COLOR").empty()) return false;
  const std::string_view force = Lookup(environment, "CLICOLOR_FORCE");
  if (!force.empty() && force != "0") return true;
  return is_terminal && Lookup(environment, "TERM") != "dumb";
}

int TextWidth(int fd, const EnvironmentLookup& environment) {
  winsize size = {};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::max<int>(size.ws_col, kLeastWidth);
  }
  const std::string_view columns = Lookup(environment, "COLUMNS");
  int width = 0;
  const auto [end, error] = std::from_chars(columns.data(), columns.data() + columns.size(), width);
  if (error != std::errc() || end != columns.data() + columns.size() || width <= 0) {
    return kDefaultWidth;
  }
  return std::max(width, kLeastWidth);
}

bool ShowsUtf8(const EnvironmentLookup& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value(Lookup(environment, name));
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return value.find("UTF-8") != std::string::npos || value.find("UTF8") != std::string::npos;
  }
  return false;
}

}  // namespace allocprof
