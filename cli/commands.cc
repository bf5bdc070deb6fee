// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "command.h"

namespace allocprof::cli {

const std::vector<Command>& Commands() {
  static const std::vector<Command> commands = {
      {"run",
       "Record a command: every allocation, with its whole stack.",
       {{"allocprof run -- ./app --its-own-options", "record to trace.json"},
        {"allocprof run -o app.json -- make -j4",
         "each child process gets a trace beside app.json"},
        {"allocprof run --follow none -- sh job.sh", "the shell alone"}},
       RunRun},
      {"report",
       "Show where a recorded program allocates.",
       {{"allocprof report trace.json", "totals, timeline, functions and stacks"},
        {"allocprof report trace.json --sort peak_bytes --top 3",
         "who holds the memory at the peak"},
        {"allocprof report trace.json --format json | jq .totals", "for other programs"},
        {"allocprof report trace.json --format csv --table stacks -o stacks.csv",
         "for a spreadsheet"}},
       RunReport},
      {"start",
       "Switch the recording of a running process on.",
       {{"allocprof run --start off -- ./server", "begin with it off"},
        {"allocprof start 4711", "then record from here, by pid"},
        {"allocprof start trace.json", "or by its trace"}},
       RunStart},
      {"stop",
       "Switch the recording of a running process off.",
       {{"allocprof stop 4711", "by pid; allocprof start goes on"},
        {"allocprof stop trace.json", "by its trace"}},
       RunStop},
      {"dump",
       "Print a trace as plain JSON, one record a line.",
       {{"allocprof dump trace.json | head", "what was recorded first"},
        {"allocprof dump trace.json -o events.json", "into a file"}},
       RunDump},
  };
  return commands;
}

const Command* FindCommand(const std::string& name) {
  const std::vector<Command>& commands = Commands();
  const auto it = std::find_if(commands.begin(), commands.end(),
                               [&](const Command& command) { return name == command.name; });
  return it == commands.end() ? nullptr : &*it;
}

}  // namespace allocprof::cli
