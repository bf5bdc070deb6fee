// SPDX-License-Identifier: Apache-2.0
#include "arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iostream>

#include "base/edit_distance.h"
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
      "");
}

}  // namespace allocprof::cli
