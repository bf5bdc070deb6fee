// SPDX-License-Identifier: Apache-2.0
#include "trace/ends.h"

#include <string_view>

#include "trace/record_lines.h"
#include "trace/spool.h"
#include "trace/text_ends.h"

namespace allocprof::trace {
namespace {

// The end record, or nothing.
std::string_view EndLine(std::string_view tail) {
  const size_t begin = tail.rfind("\n{\"k\":\"end\"");
  if (begin == tail.npos) return "";
  const size_t end = tail.find('\n', begin + 1);
  if (end == tail.npos) return "";
  std::string_view line = tail.substr(begin + 1, end - begin - 1);
  if (line.ends_with(',')) line.remove_suffix(1);
  return line;
}

// Of a copy that holds a spool, the first piece: its header is in it. May be empty.
std::string_view SpoolLine(std::string_view head) {
  const size_t begin = head.find("\n{\"k\":\"spool\",\"offset\":0,");
  if (begin == head.npos) return "";
  const size_t end = head.find('\n', begin + 1);
  if (end == head.npos) return "";
  std::string_view line = head.substr(begin + 1, end - begin - 1);
  if (line.ends_with(',')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::optional<Ends> ReadEnds(const std::string& path) {
  const std::optional<TextEnds> text = ReadTextEnds(path);
  if (!text) return std::nullopt;
  Trace trace;
  trace.path = path;
  const std::string_view head = text->head;
  const size_t header_end = head.find('\n');
  const Status header = ParseHeader(head.substr(0, header_end), &trace);
  if (header_end == head.npos || !header.ok() || trace.merged) return std::nullopt;
  if (const std::string_view end = EndLine(text->tail); !end.empty()) {
    ParseRecord(end, "end", &trace);
  }
  if (const std::string_view spool = SpoolLine(head); !trace.complete && !spool.empty()) {
    ParseRecord(spool, "spool", &trace);
  }
  if (!trace.complete) {
    trace.ending = trace.spool_copy.bytes.empty()
                       ? EndingBySpool(path + ".spool", trace.header)
                       : EndingBySpoolHead(trace.spool_copy.bytes, trace.header);
  }
  return Ends{path, text->bytes, trace.header, trace.totals, trace.ending, trace.exit_status};
}

}  // namespace allocprof::trace
