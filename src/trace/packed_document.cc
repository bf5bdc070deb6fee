// SPDX-License-Identifier: Apache-2.0
#include "trace/packed_document.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "wire/base64.h"

namespace allocprof::trace {
namespace {

constexpr std::string_view kMagic = "allocprof packed 1\n";
constexpr std::string_view kChunk = "{\"k\":\"chunk\"";
constexpr std::string_view kData = "\"data\":\"";

// In the text: a block of the columns follows in place of its Base64, or the byte itself.
constexpr char kEscape = 1;
constexpr char kBlock = 'b';

// Of a section: enough to compress well, little enough to lose when a file is cut.
constexpr size_t kSectionBytes = 1 << 20;

void PutSize(std::string* out, size_t n) {
  const auto size = static_cast<uint32_t>(n);
  out->append(reinterpret_cast<const char*>(&size), sizeof(size));
}

void PutText(std::string* out, std::string_view text) {
  for (size_t at = 0;;) {
    const size_t escape = text.find(kEscape, at);
    out->append(text.substr(at, escape - at));
    if (escape == text.npos) return;
    out->append(2, kEscape);
    at = escape + 1;
  }
}

// Before the columns and the text of a section: how long they are.
using SectionSizes = std::array<uint32_t, kColumns + 1>;

}  // namespace

DocumentPacker::DocumentPacker(ByteSink out) : out_(std::move(out)) { out_(kMagic); }

void DocumentPacker::Add(std::string_view line) {
  const size_t key = line.starts_with(kChunk) ? line.find(kData) : line.npos;
  const size_t begin = key + kData.size();
  const size_t end = key == line.npos ? line.npos : line.find('"', begin);
  bool packed = false;
  if (end != line.npos && end > begin) {
    block_.resize((end - begin) / 4 * 3 + 3);
    const ptrdiff_t n = wire::DecodeBase64(line.data() + begin, end - begin,
                                           reinterpret_cast<uint8_t*>(block_.data()));
    packed = n > 0 && columns_.Add(std::string_view(block_).substr(0, static_cast<size_t>(n)));
  }
  if (packed) {
    PutText(&text_, line.substr(0, begin));
    text_ += kEscape;
    text_ += kBlock;
    PutText(&text_, line.substr(end));
  } else {
    PutText(&text_, line);
  }
  if (columns_.size() + text_.size() >= kSectionBytes) WriteSection();
}

void DocumentPacker::Finish() { WriteSection(); }

void DocumentPacker::WriteSection() {
  const Columns columns = columns_.Take();
  std::string head;
  for (const std::string& column : columns) PutSize(&head, column.size());
  PutSize(&head, text_.size());
  out_(head);
  for (const std::string& column : columns) out_(column);
  out_(text_);
  text_.clear();
}

bool IsPacked(std::string_view bytes) { return bytes.starts_with(kMagic); }

void UnpackDocument(std::string_view packed, const ByteSink& out) {
  packed.remove_prefix(kMagic.size());
  ColumnReader reader;
  SectionSizes sizes;
  while (packed.size() >= sizeof(sizes)) {
    std::memcpy(sizes.data(), packed.data(), sizeof(sizes));
    packed.remove_prefix(sizeof(sizes));
    std::array<std::string_view, kColumns> columns;
    for (size_t i = 0; i < kColumns; i++) {
      if (sizes[i] > packed.size()) return;
      columns[i] = packed.substr(0, sizes[i]);
      packed.remove_prefix(sizes[i]);
    }
    reader.Open(columns);
    // Of a text that is cut, the lines before the cut.
    std::string_view text = packed.substr(0, sizes[kColumns]);
    packed.remove_prefix(text.size());
    while (!text.empty()) {
      const size_t escape = text.find(kEscape);
      out(text.substr(0, escape));
      if (escape == text.npos || escape + 1 == text.size()) break;
      const char what = text[escape + 1];
      text.remove_prefix(escape + 2);
      if (what == kEscape) {
        out(std::string_view(&kEscape, 1));
        continue;
      }
      const std::optional<std::string> block = what == kBlock ? reader.Next() : std::nullopt;
      if (!block) return;
      std::string base64(wire::Base64Size(block->size()), '\0');
      wire::EncodeBase64(reinterpret_cast<const uint8_t*>(block->data()), block->size(),
                         base64.data());
      out(base64);
    }
  }
}

PackedText::PackedText(ByteSink out) : out_(std::move(out)), skip_(kMagic.size()) {}

void PackedText::Add(std::string_view packed) {
  while (!packed.empty()) {
    if (skip_ != 0) {
      const size_t n = std::min<uint64_t>(skip_, packed.size());
      packed.remove_prefix(n);
      skip_ -= n;
    } else if (text_ != 0) {
      const size_t n = std::min<uint64_t>(text_, packed.size());
      out_(packed.substr(0, n));
      packed.remove_prefix(n);
      text_ -= n;
    } else {
      SectionSizes sizes;
      const size_t n = std::min(sizeof(sizes) - head_.size(), packed.size());
      head_.append(packed.substr(0, n));
      packed.remove_prefix(n);
      if (head_.size() < sizeof(sizes)) return;
      std::memcpy(sizes.data(), head_.data(), sizeof(sizes));
      head_.clear();
      for (size_t i = 0; i < kColumns; i++) skip_ += sizes[i];
      text_ = sizes[kColumns];
    }
  }
}

}  // namespace allocprof::trace
