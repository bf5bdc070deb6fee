// SPDX-License-Identifier: Apache-2.0
//
// allocprof man [COMMAND], allocprof completion SHELL: what the build installs beside the program.
#include <fmt/format.h>

#include <iostream>

#include "arguments.h"
#include "command.h"
#include "completion.h"
#include "manual_page.h"
#include "message.h"
#include "output.h"

namespace allocprof::cli {
namespace {

int Finish(const std::string& path, const std::function<void(std::ostream&)>& write) {
  Result<std::unique_ptr<Output>> output = Output::Open(path, {});
  if (!output.ok()) return Fail(output.status());
  write(output.value()->stream());
  const Status closed = output.value()->Close();
  return closed.ok() ? kExitOk : Fail(closed);
}

}  // namespace

int RunMan(const Command& command, std::vector<std::string> words) {
  std::vector<std::string> names;
  for (const Command& c : Commands()) {
    if (!c.hidden) names.emplace_back(c.name);
  }
  std::string about, path;
  bool list = false;
  CLI::App app;
  app.add_option("COMMAND", about, "one of the commands; else the page of allocprof itself")
      ->check(OneOf(names))
      ->option_text("COMMAND");
  app.add_flag("--list", list, "name the commands that have a page");
  app.add_option("-o,--output", path, "write here; - is standard output")->option_text("FILE");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  return Finish(path, [&](std::ostream& out) {
    if (list) {
      for (const std::string& name : names) out << name << "\n";
    } else if (about.empty()) {
      WriteManual(ALLOCPROF_VERSION, out);
    } else {
      const Command& page = *FindCommand(about);
      WriteManual(page, Describe(page), ALLOCPROF_VERSION, out);
    }
  });
}

int RunCompletion(const Command& command, std::vector<std::string> words) {
  std::vector<std::string> names;
  for (const Shell& shell : Shells()) names.emplace_back(shell.name);
  std::string name, path;
  CLI::App app;
  app.add_option("SHELL", name, Listed(names))
      ->required()
      ->check(OneOf(names))
      ->option_text("SHELL");
  app.add_option("-o,--output", path, "write here; - is standard output")->option_text("FILE");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  return Finish(path, [&](std::ostream& out) {
    for (const Shell& shell : Shells()) {
      if (name == shell.name) shell.write(out);
    }
  });
}

}  // namespace allocprof::cli
