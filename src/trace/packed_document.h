// SPDX-License-Identifier: Apache-2.0
//
// The packed form of a trace: its document with the chunks' data as columns, made for zstd.
//
// Owns: the sections of that form. What is unpacked is the document that was packed, byte for byte.
// Layout: FORMAT.md, "Packed traces". Thread-safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "trace/block_columns.h"

namespace allocprof::trace {

// Takes bytes in their order. How it fails it keeps to itself: ask what is behind it at the end.
using ByteSink = std::function<void(std::string_view)>;

class DocumentPacker {
 public:
  explicit DocumentPacker(ByteSink out);

  // One line of the document, with its newline if it has one.
  void Add(std::string_view line);
  void Finish();

 private:
  void WriteSection();

  ByteSink out_;
  ColumnWriter columns_;
  std::string text_;
  std::string block_;  // the chunk at hand, decoded
};

bool IsPacked(std::string_view bytes);

// Unpacks as far as `packed` is whole. Never writes more than twelve times its size.
void UnpackDocument(std::string_view packed, const ByteSink& out);

// What of a packed document is text, without the chunks' data: its first and last lines, say, at
// the cost of looking at neither. Escapes stay. `packed` comes in pieces, from its magic on.
class PackedText {
 public:
  explicit PackedText(ByteSink out);

  void Add(std::string_view packed);

 private:
  ByteSink out_;
  std::string head_;   // of the section at hand, as far as it is there
  uint64_t skip_;      // bytes before what comes next
  uint64_t text_ = 0;  // bytes of text in the section behind `skip_`
};

}  // namespace allocprof::trace
