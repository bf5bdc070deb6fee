// SPDX-License-Identifier: Apache-2.0
//
// allocprof dump TRACE: the trace as plain JSON.
#include "arguments.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "trace/dump.h"

namespace allocprof::cli {

int RunDump(const Command& command, std::vector<std::string> words) {
  std::string trace, path;
  CLI::App app;
  app.add_option("TRACE", trace, "trace file; - is standard input")->required()->option_text(" ");
  app.add_option("-o,--output", path, "write here; - is standard output")->option_text("FILE");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;

  Result<std::unique_ptr<Output>> output = Output::Open(path, {trace});
  if (!output.ok()) return Fail(output.status());
  const Status dumped = trace::Dump(trace, output.value()->stream());
  if (!dumped.ok()) return Fail(dumped);
  const Status closed = output.value()->Close();
  return closed.ok() ? kExitOk : Fail(closed);
}

}  // namespace allocprof::cli
