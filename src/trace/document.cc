// SPDX-License-Identifier: Apache-2.0
#include "trace/document.h"

#include <algorithm>
#include <string_view>

#include "base/temporary_file.h"
#include "trace/module_symbols.h"
#include "trace/spool.h"

namespace allocprof::trace {
namespace {

constexpr std::string_view kRecords = "\"records\":[\n";
constexpr std::string_view kEnd = "{\"k\":\"end\"";

std::string_view FirstLine(std::string_view text) {
  const size_t end = text.find('\n');
  return text.substr(0, end == text.npos ? text.npos : end + 1);
}

// The end record is the last line but one, or missing.
bool IsComplete(std::string_view document) {
  constexpr size_t kLongestEnd = 64 * 1024;
  const size_t from = document.size() - std::min(document.size(), kLongestEnd);
  return document.find("\n" + std::string(kEnd), from) != document.npos;
}

}  // namespace

Result<MappedFile> OpenDocument(const std::string& path) {
  Result<MappedFile> file = MappedFile::Open(path);
  if (!file.ok() || !IsPacked(file.value().bytes())) return file;
  Result<TemporaryFile> plain = TemporaryFile::Make();
  if (!plain.ok()) return plain.status();
  UnpackDocument(file.value().bytes(),
                 [&plain](std::string_view bytes) { plain.value().Write(bytes); });
  return MappedFile::Of(&plain.value());
}

Status CopyDocument(const std::string& path, const std::vector<std::string>& records,
                    const ByteSink& out) {
  // The spool first, as Load has it.
  const SpoolFile spool = ReadSpool(path == "-" ? std::string() : path + ".spool");
  const Result<MappedFile> file = OpenDocument(path);
  if (!file.ok()) return file.status();
  std::string_view rest = file.value().bytes();
  if (!rest.starts_with("{\"allocprof\":")) {
    return Status(ErrorCode::kDamaged,
                  path + ": line 1: not an allocprof trace; make one with: allocprof run -- CMD");
  }
  const bool complete = IsComplete(rest);
  const auto add = [&out](const std::string& record) { out(record + ",\n"); };
  bool added = false;
  while (!rest.empty()) {
    const std::string_view line = FirstLine(rest);
    rest.remove_prefix(line.size());
    if (!records.empty() && line.starts_with(kSymbolsRecord)) continue;
    out(line);
    // A record that ends in a comma wants another one behind it.
    if (added || line != kRecords || rest.empty()) continue;
    added = true;
    // A spool's header near the document's is found without reading all of it.
    if (!complete) ForEachSpoolRecord(spool, add);
    for (const std::string& record : records) add(record);
  }
  return Status::Ok();
}

}  // namespace allocprof::trace
