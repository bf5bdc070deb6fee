// SPDX-License-Identifier: Apache-2.0
//
// The packed form of a trace: its document with the chunks' data as columns, made for zstd.
//
// Owns: the sections of that form. What is unpacked is the document that was packed, byte for byte.
// Layout: FORMAT.md, "Packed traces". Thread-safety: none.
#pragma once

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

}  // namespace allocprof::trace
