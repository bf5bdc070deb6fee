// SPDX-License-Identifier: Apache-2.0
#include "arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iostream>

#include "base/edit_distance.h"
#include "describe.h"
#include "message.h"

namespace allocprof::cli {
namespace {

void WriteHelp(const Command& command, const CLI::App& app) {
  std::cout << command.blurb << "\n\nExamples:\n";
  for (const Example& example : command.examples) {
    std::cout << fmt::format("  {}\n      {}\n", example.line, example.meaning);
  }
  std::cout << "\n" << app.help() << std::flush;
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// Where the next Parse puts what it gets, instead of parsing.
CommandDescription* description_wanted = nullptr;

// What OneOf has said of itself: "TEXT:{auto,always,never}".
std::vector<std::string> ChoicesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t open = type.find('{'), close = type.find('}');
  if (open == type.npos || close == type.npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

CommandDescription DescriptionOf(const CLI::App& app) {
  CommandDescription description{{}, app.get_footer()};
  for (const bool positional : {true, false}) {
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional() != positional) continue;
      OptionDescription& d = description.options.emplace_back();
      for (const std::string& name : option->get_snames()) d.names.push_back("-" + name);
      for (const std::string& name : option->get_lnames()) d.names.push_back("--" + name);
      d.help = option->get_description();
      d.group = option->get_group();
      d.choices = ChoicesOf(*option);
      if (positional) {
        d.placeholder = option->get_name(true);
      } else if (option->get_expected_max() != 0) {
        d.placeholder = option->get_option_text().empty() ? "VALUE" : option->get_option_text();
      }
    }
  }
  // Headings come in between: what has none stands before them.
  std::stable_partition(
      description.options.begin(), description.options.end(),
      [](const OptionDescription& d) { return d.names.empty() || d.group == "Options"; });
  return description;
}

std::string Mistake(const CLI::App& app, const CLI::ParseError& error) {
  std::vector<std::string> extras = app.remaining();
  // Whether CLI11 counts the arguments that it does not know or misses one, the typo comes first.
  const auto option = std::find_if(extras.begin(), extras.end(), [](const std::string& extra) {
    return extra.size() > 1 && extra[0] == '-';
  });
  if (option != extras.end()) {
    const std::string name = option->substr(0, option->find('='));
    return fmt::format("unknown option '{}'{}", name,
                       DidYouMean(ClosestWord(name, OptionNames(app))));
  }
  if (!extras.empty()) return fmt::format("too many arguments: '{}'", extras.front());
  return error.what();
}

}  // namespace

std::optional<int> Parse(const Command& command, CLI::App* app,
                         std::vector<std::string> arguments) {
  app->name(std::string("allocprof ") + command.name);
  app->set_help_flag("-h,--help", "this help");
  if (description_wanted != nullptr) {
    *description_wanted = DescriptionOf(*app);
    return kExitOk;
  }
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    app->parse(arguments);
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    WriteHelp(command, *app);
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    SayError(fmt::format("{}: {}; see 'allocprof {} --help'", command.name, Mistake(*app, error),
                         command.name));
    return kExitUsage;
  }
}

CommandDescription Describe(const Command& command) {
  CommandDescription description;
  description_wanted = &description;
  command.run(command, {});
  description_wanted = nullptr;
  return description;
}

std::string Listed(const std::vector<std::string>& words) {
  if (words.size() < 2) return words.empty() ? "" : words.front();
  const std::string most = fmt::format("{}", fmt::join(words.begin(), words.end() - 1, ", "));
  return most + " or " + words.back();
}

CLI::Validator WholeNumber() {
  return CLI::Validator(
      [](std::string& value) -> std::string {
        uint64_t number = 0;
        const char* end = value.data() + value.size();
        const auto [at, error] = std::from_chars(value.data(), end, number);
        if (error == std::errc() && at == end) return "";
        return fmt::format("'{}' is not a whole number", value);
      },
      "");
}

CLI::Validator OneOf(std::vector<std::string> words) {
  return CLI::Validator(
      [words](std::string& value) -> std::string {
        if (std::find(words.begin(), words.end(), value) != words.end()) return "";
        return fmt::format("'{}' is not {}{}", value, Listed(words),
                           DidYouMean(ClosestWord(value, words)));
      },
      fmt::format("{{{}}}", fmt::join(words, ",")));
}

}  // namespace allocprof::cli
