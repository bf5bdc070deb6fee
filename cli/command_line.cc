// SPDX-License-Identifier: Apache-2.0
#include "command_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "base/edit_distance.h"
#include "message.h"

namespace allocprof::cli {
namespace {

int WriteHelp() {
  std::cout << "allocprof records every allocation of a program, with its stack, and shows where "
               "they are made.\n\nExamples:\n"
               "  allocprof run -- ./app\n      record a program to trace.json\n"
               "  allocprof trace.json\n      show where it allocates, as 'allocprof report' does\n"
               "\nCommands:\n";
  for (const Command& command : Commands()) {
    if (command.hidden) continue;
    std::cout << fmt::format("  {:<10}  {}\n", command.name, command.blurb);
  }
  std::cout << "  help        Show the help of a command.\n"
               "  version     Show the version.\n"
               "\nExit status: 0 done, 1 failed, 2 wrong arguments; 'run' ends as its command "
               "did.\n"
            << std::flush;
  return kExitOk;
}

int WriteVersion() {
  std::cout << "allocprof " ALLOCPROF_VERSION "\n" << std::flush;
  return kExitOk;
}

int Unknown(const std::string& word) {
  std::vector<std::string> names = {"help", "version"};
  for (const Command& command : Commands()) names.emplace_back(command.name);
  SayError(fmt::format("'{}' is neither a command nor a trace{}; see 'allocprof --help'", word,
                       DidYouMean(ClosestWord(word, names))));
  return kExitUsage;
}

// A path says itself what it is; of a bare word the file system decides, so that a typo of a
// command is no missing trace.
bool LooksLikeTrace(const std::string& word) {
  return word == "-" || word.find('/') != std::string::npos ||
         word.find('.') != std::string::npos || access(word.c_str(), F_OK) == 0;
}

}  // namespace

int RunCommandLine(std::vector<std::string> words) {
  if (words.empty()) {
    SayError("no command and no trace; see 'allocprof --help'");
    return kExitUsage;
  }
  const std::string first = words.front();
  if (first == "-h" || first == "--help") return WriteHelp();
  if (first == "-V" || first == "--version" || first == "version") return WriteVersion();
  if (first == "help") {
    if (words.size() == 1) return WriteHelp();
    const Command* about = FindCommand(words[1]);
    return about == nullptr ? Unknown(words[1]) : about->run(*about, {"--help"});
  }
  if (const Command* command = FindCommand(first); command != nullptr) {
    words.erase(words.begin());
    return command->run(*command, std::move(words));
  }
  const bool option = first.size() > 1 && first[0] == '-';
  if (!option && !LooksLikeTrace(first)) return Unknown(first);
  const Command& report = *FindCommand("report");
  return report.run(report, std::move(words));
}

}  // namespace allocprof::cli
