// SPDX-License-Identifier: Apache-2.0
//
// The beginning and the end of a trace's document, whatever form its file has: plain, which costs
// two reads; or compressed and perhaps packed, which is decompressed but not decoded, and needs no
// temporary file. Damage makes the document end early. Thread-safety: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace allocprof::trace {

struct TextEnds {
  std::string head, tail;  // of a short document the same text, or parts of it
  uint64_t bytes = 0;      // of the document; of a packed one, as it is packed
};

// At least so much of each, if there is as much: `head` holds any header and the record behind it,
// `tail` any end record.
inline constexpr size_t kHeadBytes = 544 * 1024;
inline constexpr size_t kTailBytes = 64 * 1024;

// Empty if `path` cannot be read.
std::optional<TextEnds> ReadTextEnds(const std::string& path);

}  // namespace allocprof::trace
