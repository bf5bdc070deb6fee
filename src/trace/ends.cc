// SPDX-License-Identifier: Apache-2.0
#include "trace/ends.h"

#include <algorithm>
#include <fstream>

#include "trace/record_lines.h"
#include "trace/spool.h"

namespace allocprof::trace {
namespace {

// The header holds the command line, of which 64 KiB are kept, each byte up to 6 when escaped.
constexpr size_t kLongestHeader = 512 * 1024;
constexpr size_t kLongestEnd = 64 * 1024;

std::string ReadAt(std::ifstream* file, uint64_t offset, size_t size) {
  std::string bytes(size, '\0');
  file->clear();
  file->seekg(static_cast<std::streamoff>(offset));
  file->read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(file->gcount() > 0 ? static_cast<size_t>(file->gcount()) : 0);
  return bytes;
}

std::string FirstLine(std::ifstream* file) {
  // Most are much shorter than the longest.
  std::string bytes = ReadAt(file, 0, 4096);
  if (bytes.find('\n') == bytes.npos) bytes = ReadAt(file, 0, kLongestHeader);
  return bytes.substr(0, bytes.find('\n'));
}

// The end record, or nothing.
std::string EndLine(std::ifstream* file, uint64_t size) {
  const size_t n = std::min<uint64_t>(size, kLongestEnd);
  const std::string tail = ReadAt(file, size - n, n);
  const size_t begin = tail.rfind("\n{\"k\":\"end\"");
  if (begin == tail.npos) return "";
  const size_t end = tail.find('\n', begin + 1);
  return end == tail.npos ? "" : tail.substr(begin + 1, end - begin - 1);
}

}  // namespace

std::optional<Ends> ReadEnds(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? std::streamoff{file.tellg()} : -1;
  if (size <= 0) return std::nullopt;
  Trace trace;
  trace.path = path;
  if (!ParseHeader(FirstLine(&file), &trace).ok() || trace.merged) return std::nullopt;
  std::string end = EndLine(&file, static_cast<uint64_t>(size));
  if (!end.empty() && end.back() == ',') end.pop_back();
  if (!end.empty()) ParseRecord(end, "end", &trace);
  if (!trace.complete) trace.ending = EndingBySpool(path + ".spool", trace.header);
  return Ends{path,         static_cast<uint64_t>(size),
              trace.header, trace.totals,
              trace.ending, trace.exit_status};
}

}  // namespace allocprof::trace
