// SPDX-License-Identifier: Apache-2.0
#include "compress_traces.h"

#include <filesystem>
#include <system_error>

#include "message.h"
#include "output.h"
#include "trace/compress.h"
#include "trace/trace.h"

namespace allocprof::cli {
namespace {

constexpr std::string_view kSuffix = ".zst";

// A spool that is there may still be written to.
bool StillRuns(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path + ".spool", error)) return false;
  const Result<trace::Trace> trace = trace::Load(path);
  return trace.ok() && trace.value().ending == trace::Ending::kRunning;
}

// To a name of its own first: half a trace never has the name of a whole one.
Status Compress(const std::string& from, const std::string& to) {
  const std::string partial = to + ".partial";
  Result<std::unique_ptr<Output>> output = Output::Open(partial, {from});
  if (!output.ok()) return output.status();
  Status status = trace::CompressTrace(from, {}, trace::kDefaultLevel, &output.value()->stream());
  if (status.ok()) status = output.value()->Close();
  std::error_code error;
  if (status.ok()) {
    // Only its owner may read a trace.
    std::filesystem::permissions(
        partial, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
    std::filesystem::rename(partial, to, error);
    if (!error) return status;
    status = Status(ErrorCode::kUnreadable, to + ": cannot be written: " + error.message());
  }
  std::filesystem::remove(partial, error);
  return status;
}

}  // namespace

std::string PlainOutput(const std::string& output) {
  const bool compressed = output.ends_with(kSuffix) && output.size() > kSuffix.size();
  return compressed ? output.substr(0, output.size() - kSuffix.size()) : output;
}

void CompressTraces(std::vector<RecordedTrace>* traces) {
  for (RecordedTrace& trace : *traces) {
    if (StillRuns(trace.path)) {
      SayWarning(trace.path + ": its process still runs; when it has ended: allocprof compress " +
                 trace.path);
      continue;
    }
    const std::string to = trace.path + std::string(kSuffix);
    if (const Status status = Compress(trace.path, to); !status.ok()) {
      SayWarning(status.message() + "; the trace is kept uncompressed");
      continue;
    }
    std::error_code error;
    std::filesystem::remove(trace.path, error);
    std::filesystem::remove(trace.path + ".spool", error);
    trace.path = to;
  }
}

}  // namespace allocprof::cli
