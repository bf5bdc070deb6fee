// SPDX-License-Identifier: Apache-2.0
//
// allocprof run -- CMD…: sets the preload and the recorder's options, runs, says what was recorded.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

#include "analysis/selection.h"
#include "arguments.h"
#include "child_process.h"
#include "command.h"
#include "compress_traces.h"
#include "message.h"
#include "no_alloc.h"
#include "preload_library.h"
#include "program_check.h"
#include "recorded_traces.h"
#include "recorder_options.h"
#include "recording_summary.h"
#include "run_arguments.h"
#include "shell_words.h"

namespace allocprof::cli {
namespace {

std::string OrElse(const char* variable, const char* fallback) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? value : fallback;
}

std::string ValueWord(OptionType type) {
  switch (type) {
    case OptionType::kSize:
      return "SIZE";
    case OptionType::kCount:
      return "N";
    case OptionType::kChoice:
      return "WORD";
    case OptionType::kText:
      break;
  }
  return "TEXT";
}

// `values` keeps what is given, by variable.
void Bind(CLI::App* app, std::string* output, std::map<std::string, std::string>* values) {
  app->add_option("-o,--output", *output,
                  "trace file, trace.json unless said; %p pid, %e program, %h host; "
                  "compressed afterwards if it ends in .zst")
      ->option_text("FILE");
  for (const RecorderOption& option : RecorderOptions()) {
    app->add_option_function<std::string>(
           option.flag,
           [values, &option](const std::string& value) { (*values)[option.variable] = value; },
           fmt::format("{} [{}]", option.help, option.fallback))
        ->check(
            CLI::Validator([&option](std::string& value) { return Objection(option, value); }, ""))
        ->option_text(ValueWord(option.type));
  }
}

std::vector<std::string> ValuedOptions() {
  std::vector<std::string> names = {"-o", "--output", "--no-alloc"};
  for (const RecorderOption& option : RecorderOptions()) names.push_back(option.flag);
  return names;
}

void SayWhatWasRecorded(const std::vector<RecordedTrace>& traces, const ChildEnd& end,
                        const std::string& program, const std::string& why_not) {
  if (traces.empty()) {
    SayWarning(why_not.empty()
                   ? "nothing was recorded: " + program +
                         " made no trace; it may have cleared LD_PRELOAD, or been replaced before "
                         "it began; --verbose on says more"
                   : "nothing was recorded in " + program + ", for the reason above");
    return;
  }
  Say(RecordingSummary(traces, end));
}

// Looked at before the run: a program that ran unrecorded may have run for hours.
std::string WhyNotWritable(const std::string& output) {
  const size_t slash = output.rfind('/');
  std::string folder = slash == std::string::npos ? "." : output.substr(0, slash);
  if (folder.empty()) folder = "/";
  if (folder.find('%') != std::string::npos || access(folder.c_str(), W_OK | X_OK) == 0) return "";
  return fmt::format("{}: cannot be written: {}: {}; name a file in another folder after -o",
                     output, folder, std::strerror(errno));
}

int Usage(const std::string& text) {
  SayError("run: " + text + "; see 'allocprof run --help'");
  return kExitUsage;
}

}  // namespace

int RunRun(const Command& command, std::vector<std::string> words) {
  RunArguments split = SplitRunArguments(words, ValuedOptions());
  std::string output = OrElse("ALLOCPROF_OUTPUT", "trace.json");
  std::map<std::string, std::string> values;
  CLI::App app;
  // For help alone: what was split off holds no positional word.
  std::vector<std::string> shown;
  app.add_option("COMMAND", shown, "the program to record and its arguments, best after --")
      ->option_text(" ");
  Bind(&app, &output, &values);
  std::vector<std::string> no_alloc;
  app.add_option("--no-alloc", no_alloc,
                 "status 3 if anything is allocated or freed below such a function; may be "
                 "repeated")
      ->option_text("REGEX")
      ->expected(1)
      ->take_all();
  if (const auto done = Parse(command, &app, split.own); done.has_value()) return *done;
  if (output == "-") return Usage("-o: a trace cannot go to standard output; name a file");
  if (output.empty()) return Usage("-o: the name of the trace is empty; name a file");
  if (const Status bad = analysis::CheckExpressions("--no-alloc", no_alloc); !bad.ok()) {
    return Usage(bad.message());
  }
  if (split.command.empty()) return Usage("no command to record: write it after --");

  const Result<std::string> library = FindPreloadLibrary();
  if (!library.ok()) {
    SayError(library.status().message());
    return kExitCannotRun;
  }
  if (const std::string why = WhyNotWritable(output); !why.empty()) {
    SayError(why);
    return kExitCannotRun;
  }
  const std::string plain = PlainOutput(output);
  if (plain != output && access(plain.c_str(), F_OK) == 0) {
    return Usage(plain + " is there and would be replaced on the way to " + output +
                 "; move it or choose another name");
  }
  EnvironmentChanges changes;
  changes.unset = {"ALLOCPROF_ROOT"};
  changes.set.emplace_back("LD_PRELOAD", PreloadWith(library.value(), OrElse("LD_PRELOAD", "")));
  changes.set.emplace_back("ALLOCPROF_OUTPUT", plain);
  changes.set.insert(changes.set.end(), values.begin(), values.end());

  const std::string& program = split.command.front();
  const std::string why_not =
      WhyNotRecordable(DiagnoseProgram(program, library.value()), values["ALLOCPROF_OWN_MALLOC"]);
  if (!why_not.empty()) SayWarning(program + " " + why_not);

  const TraceWatch watch(plain);
  const Result<ChildEnd> ended = RunChild(split.command, changes);
  if (!ended.ok()) {
    SayError(ended.status().message());
    return kExitCannotRun;
  }
  const ChildEnd& end = ended.value();
  if (end.exec_error != 0) {
    SayError(fmt::format("{}: cannot be run: {}; {}", program, std::strerror(end.exec_error),
                         end.exec_error == ENOENT ? "check the name and PATH"
                                                  : "check that it is an executable program"));
    return end.exit_code;
  }
  std::vector<RecordedTrace> traces = watch.NewTraces(end.pid);
  if (plain != output) CompressTraces(&traces);
  SayWhatWasRecorded(traces, end, program, why_not);
  if (end.exit_code == 0 && !no_alloc.empty()) return ShowViolations(traces, no_alloc);
  return end.exit_code;
}

}  // namespace allocprof::cli
