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
      {"tree",
       "Show the call tree by what was allocated below each function.",
       {{"allocprof tree trace.json", "from main down, branches of 1 % and more"},
        {"allocprof tree trace.json --inverted --sort peak_bytes",
         "from the call sites up, by what they hold at the peak"},
        {"allocprof tree trace.json --function '^parse' --min 0.1%", "one part, in detail"}},
       RunTree},
      {"leaks",
       "Show the stacks whose blocks were never freed.",
       {{"allocprof leaks trace.json", "the largest first, with when they were born"},
        {"allocprof leaks trace.json --suppressions known.supp", "without what is known"}},
       RunLeaks},
      {"timeline",
       "Show live heap and resident memory over time.",
       {{"allocprof timeline trace.json", "a chart, and what happened in each part of it"},
        {"allocprof timeline trace.json --intervals 100 --format csv > t.csv",
         "for a spreadsheet"}},
       RunTimeline},
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
      {"info",
       "Show what a trace is, whether it is whole, and where its bytes go.",
       {{"allocprof info trace.json", "process, integrity, size, overhead, modules, threads"},
        {"allocprof info trace.json --format csv --table bytes", "bytes by kind of record"}},
       RunInfo},
      {"doctor",
       "Say why little or nothing of a program is recorded.",
       {{"allocprof doctor ./app", "look at the program's file"},
        {"allocprof doctor --try ./app --version", "and run it once, to see"},
        {"allocprof doctor trace.json", "what a trace says about itself"}},
       RunDoctor},
      {"dump",
       "Print a trace as plain JSON, one record a line.",
       {{"allocprof dump trace.json | head", "what was recorded first"},
        {"allocprof dump trace.json -o events.json", "into a file"}},
       RunDump},
      {"man",
       "Print the manual page of allocprof or of a command.",
       {{"allocprof man report | man -l -", "read it without installing it"}},
       RunMan,
       true},
      {"completion",
       "Print the completions for a shell.",
       {{"source <(allocprof completion bash)", "for this shell"}},
       RunCompletion,
       true},
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
