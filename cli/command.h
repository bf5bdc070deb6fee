// SPDX-License-Identifier: Apache-2.0
//
// The commands: one row each, and the exit codes they share.
//
// A new command is one file cmd_<name>.cc and one row of commands.cc; help and suggestions follow.
#pragma once

#include <string>
#include <vector>

namespace allocprof::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitOver = 3;    // over budget, or worse than it may be
inline constexpr int kExitBetter = 4;  // than the baseline, which is stale, under --strict

struct Example {
  const char* line;
  const char* meaning;
};

struct Command {
  const char* name;
  const char* blurb;
  std::vector<Example> examples;
  // Gets what follows the command's name; returns the exit code.
  int (*run)(const Command& command, std::vector<std::string> arguments);
  bool hidden = false;  // for the build: not in help, pages and completions
};

const std::vector<Command>& Commands();

// nullptr if there is none of that name.
const Command* FindCommand(const std::string& name);

int RunAdvise(const Command& command, std::vector<std::string> arguments);
int RunBaseline(const Command& command, std::vector<std::string> arguments);
int RunBudget(const Command& command, std::vector<std::string> arguments);
int RunCheck(const Command& command, std::vector<std::string> arguments);
int RunCompletion(const Command& command, std::vector<std::string> arguments);
int RunDiff(const Command& command, std::vector<std::string> arguments);
int RunDoctor(const Command& command, std::vector<std::string> arguments);
int RunCompress(const Command& command, std::vector<std::string> arguments);
int RunDump(const Command& command, std::vector<std::string> arguments);
int RunInfo(const Command& command, std::vector<std::string> arguments);
int RunLeaks(const Command& command, std::vector<std::string> arguments);
int RunMan(const Command& command, std::vector<std::string> arguments);
int RunMerge(const Command& command, std::vector<std::string> arguments);
int RunReport(const Command& command, std::vector<std::string> arguments);
int RunRun(const Command& command, std::vector<std::string> arguments);
int RunTimeline(const Command& command, std::vector<std::string> arguments);
int RunTree(const Command& command, std::vector<std::string> arguments);
int RunStart(const Command& command, std::vector<std::string> arguments);
int RunStop(const Command& command, std::vector<std::string> arguments);
int RunSymbolize(const Command& command, std::vector<std::string> arguments);

}  // namespace allocprof::cli
