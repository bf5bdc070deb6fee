// SPDX-License-Identifier: Apache-2.0
//
// allocprof merge TRACE...: many traces as one file.
#include "trace/merge.h"

#include "arguments.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "trace/descendants.h"

namespace allocprof::cli {

int RunMerge(const Command& command, std::vector<std::string> words) {
  std::vector<std::string> traces, paths;
  std::string output_path;
  bool tree = false;
  CLI::App app;
  app.add_option("TRACE", traces, "trace files; - is standard input")->required()->option_text(" ");
  app.add_flag("--tree", tree, "and those of the processes that the recorded ones have started");
  app.add_option("-o,--output", output_path, "write here; - is standard output")
      ->option_text("FILE");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;

  for (const std::string& trace : traces) {
    const std::vector<std::string> all = tree ? trace::TreeOf(trace) : std::vector{trace};
    paths.insert(paths.end(), all.begin(), all.end());
  }
  const Result<trace::Trace> whole = trace::Load(paths);
  if (!whole.ok()) return Fail(whole.status());
  Result<std::unique_ptr<Output>> output = Output::Open(output_path, paths);
  if (!output.ok()) return Fail(output.status());
  const Status written =
      output.value()->CloseWhole(trace::WriteMerged(whole.value(), output.value()->stream()));
  return written.ok() ? kExitOk : Fail(written);
}

}  // namespace allocprof::cli
