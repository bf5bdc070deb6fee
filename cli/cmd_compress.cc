// SPDX-License-Identifier: Apache-2.0
//
// allocprof compress TRACE: a smaller file with the same trace in it.
#include <utility>

#include "arguments.h"
#include "base/zstd_writer.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "trace/compress.h"
#include "trace/document.h"

namespace allocprof::cli {

int RunCompress(const Command& command, std::vector<std::string> words) {
  std::string trace, path;
  int level = trace::kDefaultLevel;
  bool decompress = false;
  CLI::App app;
  app.add_option("TRACE", trace, "trace file; - is standard input")->required()->option_text(" ");
  app.add_option("-o,--output", path, "write here, TRACE.zst unless said; - is standard output")
      ->option_text("FILE");
  app.add_option("--level", level,
                 "of zstd, from 1, the fastest, to 19; " + std::to_string(trace::kDefaultLevel) +
                     " unless said")
      ->check(CLI::Range(ZstdWriter::kMinLevel, ZstdWriter::kMaxLevel).description(""))
      ->option_text("N");
  app.add_flag("-d,--decompress", decompress, "write the plain trace instead, to standard output");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  if (path.empty()) path = trace == "-" || decompress ? "-" : trace + ".zst";

  Result<std::unique_ptr<Output>> output = Output::Open(path, {trace});
  if (!output.ok()) return Fail(output.status());
  if (output.value()->is_terminal() && !decompress) {
    SayError("compress: a compressed trace is nothing for a terminal; name a file after -o");
    return kExitUsage;
  }
  std::ostream& out = output.value()->stream();
  Status status =
      decompress ? trace::CopyDocument(trace, {}, [&out](std::string_view line) { out << line; })
                 : trace::CompressTrace(trace, {}, level, &out);
  status = output.value()->CloseWhole(std::move(status));
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace allocprof::cli
