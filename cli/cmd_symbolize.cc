// SPDX-License-Identifier: Apache-2.0
//
// allocprof symbolize TRACE: a copy that can be reported where the program's files are not.
#include <utility>

#include "analysis/symbolized_trace.h"
#include "arguments.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "symbol_arguments.h"
#include "trace/compress.h"
#include "trace/document.h"

namespace allocprof::cli {

int RunSymbolize(const Command& command, std::vector<std::string> words) {
  std::string trace, path;
  symbols::Options options;
  CLI::App app;
  app.add_option("TRACE", trace, "trace file")->required()->option_text(" ");
  app.add_option("-o,--output", path,
                 "write here, compressed if it ends in .zst; - is standard output")
      ->option_text("FILE");
  BindSymbolOptions(&app, &options);
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  if (const auto refused = RefuseSymbolOptions("symbolize", options)) return *refused;
  if (trace == "-") {
    SayError("symbolize: a trace is read twice and cannot come from standard input; name a file");
    return kExitUsage;
  }

  const Result<std::vector<std::string>> records = analysis::SymbolRecordsOf(trace, options);
  if (!records.ok()) return Fail(records.status());
  Result<std::unique_ptr<Output>> output = Output::Open(path, {trace});
  if (!output.ok()) return Fail(output.status());
  std::ostream& out = output.value()->stream();
  Status status = path.ends_with(".zst")
                      ? trace::CompressTrace(trace, records.value(), trace::kDefaultLevel, &out)
                      : trace::CopyDocument(trace, records.value(),
                                            [&out](std::string_view line) { out << line; });
  status = output.value()->CloseWhole(std::move(status));
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace allocprof::cli
