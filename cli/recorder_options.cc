// SPDX-License-Identifier: Apache-2.0
#include "recorder_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "arguments.h"
#include "base/edit_distance.h"
#include "base/units.h"
#include "message.h"

namespace allocprof::cli {
namespace {

std::string FlagOf(std::string name) {
  for (char& c : name) {
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return "--" + name;
}

// The words of a choice's help up to the colon, separated by '|'.
std::vector<std::string> ChoicesOf(OptionType type, std::string_view help) {
  std::vector<std::string> choices;
  if (type != OptionType::kChoice) return choices;
  std::string_view list = help.substr(0, help.find(':'));
  while (!list.empty()) {
    const size_t end = std::min(list.find('|'), list.size());
    choices.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return choices;
}

RecorderOption Row(const char* name, OptionType type, const char* fallback, uint64_t min,
                   uint64_t max, const char* help) {
  return {FlagOf(name),         std::string("ALLOCPROF_") + name, type, fallback, min, max, help,
          ChoicesOf(type, help)};
}

std::optional<uint64_t> ParseNumber(std::string_view text, bool suffix) {
  uint64_t number = 0;
  size_t at = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; at++) {
    if (__builtin_mul_overflow(number, uint64_t{10}, &number) ||
        __builtin_add_overflow(number, static_cast<uint64_t>(text[at] - '0'), &number)) {
      return std::nullopt;
    }
  }
  if (at == 0) return std::nullopt;
  text.remove_prefix(at);
  if (text.empty()) return number;
  if (!suffix) return std::nullopt;
  static constexpr std::string_view kLetters = "KMG";
  const size_t letter = kLetters.find(static_cast<char>(std::toupper(text[0])));
  if (letter == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(1);
  const unsigned shift = 10 * (static_cast<unsigned>(letter) + 1);
  if ((!rest.empty() && rest != "iB") || number >> (64 - shift) != 0) return std::nullopt;
  return number << shift;
}

}  // namespace

const std::vector<RecorderOption>& RecorderOptions() {
  static const std::vector<RecorderOption> options = [] {
    std::vector<RecorderOption> rows = {
#define OPTION(name, type, fallback, min, max, help) \
  Row(#name, OptionType::type, fallback, min, max, help),
#include "wire/options.def"
#undef OPTION
    };
    rows.erase(std::remove_if(rows.begin(), rows.end(),
                              [](const RecorderOption& row) { return row.flag == "--output"; }),
               rows.end());
    return rows;
  }();
  return options;
}

std::string Objection(const RecorderOption& option, const std::string& value) {
  const auto within = [&](uint64_t number) { return number >= option.min && number <= option.max; };
  switch (option.type) {
    case OptionType::kText:
      if (within(value.size())) return "";
      return fmt::format("its length is not from {} to {}", option.min, option.max);
    case OptionType::kChoice:
      if (std::find(option.choices.begin(), option.choices.end(), value) != option.choices.end()) {
        return "";
      }
      return fmt::format("'{}' is not {}{}", value, Listed(option.choices),
                         DidYouMean(ClosestWord(value, option.choices)));
    case OptionType::kCount: {
      const auto number = ParseNumber(value, false);
      if (number.has_value() && within(*number)) return "";
      return fmt::format("'{}' is not a number from {} to {}", value, CountText(option.min),
                         CountText(option.max));
    }
    case OptionType::kSize: {
      const auto number = ParseNumber(value, true);
      if (number.has_value() && within(*number)) return "";
      return fmt::format("'{}' is not a size from {} to {}, such as {}", value,
                         BytesText(option.min), BytesText(option.max), option.fallback);
    }
  }
  return "";
}

}  // namespace allocprof::cli
