// SPDX-License-Identifier: Apache-2.0
#include "trace/text_ends.h"

#include <zstd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string_view>
#include <vector>

#include "trace/packed_document.h"

namespace allocprof::trace {
namespace {

constexpr std::string_view kZstd("\x28\xb5\x2f\xfd", 4);

std::string ReadAt(std::ifstream* file, uint64_t offset, size_t size) {
  std::string bytes(size, '\0');
  file->clear();
  file->seekg(static_cast<std::streamoff>(offset));
  file->read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<size_t>(std::max<std::streamsize>(file->gcount(), 0)));
  return bytes;
}

// Keeps the ends of what it is given in pieces.
class EndKeeper {
 public:
  void Add(std::string_view text) {
    if (ends_.head.size() < kHeadBytes)
      ends_.head += text.substr(0, kHeadBytes - ends_.head.size());
    ends_.tail += text;
    if (ends_.tail.size() > 4 * kTailBytes) ends_.tail.erase(0, ends_.tail.size() - kTailBytes);
  }
  TextEnds Take(uint64_t bytes) {
    ends_.bytes = bytes;
    return std::move(ends_);
  }

 private:
  TextEnds ends_;
};

TextEnds OfPlain(std::ifstream* file, uint64_t size) {
  TextEnds ends;
  ends.bytes = size;
  // Most headers are much shorter than the longest.
  ends.head = ReadAt(file, 0, 8192);
  if (ends.head.find('\n') == std::string::npos) ends.head = ReadAt(file, 0, kHeadBytes);
  const size_t n = std::min<uint64_t>(size, kTailBytes);
  ends.tail = ReadAt(file, size - n, n);
  return ends;
}

TextEnds OfCompressed(std::ifstream* file) {
  EndKeeper keeper;
  PackedText packed([&keeper](std::string_view text) { keeper.Add(text); });
  const std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                        ZSTD_freeDStream);
  std::vector<char> out(ZSTD_DStreamOutSize());
  uint64_t bytes = 0;
  bool first = true, is_packed = false;
  for (uint64_t at = 0;;) {
    const std::string piece = ReadAt(file, at, ZSTD_DStreamInSize());
    if (piece.empty()) break;
    at += piece.size();
    ZSTD_inBuffer input{piece.data(), piece.size(), 0};
    for (bool full = false; input.pos < input.size || full;) {
      ZSTD_outBuffer output{out.data(), out.size(), 0};
      if (ZSTD_isError(ZSTD_decompressStream(stream.get(), &output, &input)) != 0) {
        return keeper.Take(bytes);
      }
      const std::string_view text(out.data(), output.pos);
      full = output.pos == output.size;
      bytes += text.size();
      if (text.empty()) continue;
      if (first) is_packed = IsPacked(text);
      first = false;
      if (is_packed) {
        packed.Add(text);
      } else {
        keeper.Add(text);
      }
    }
  }
  return keeper.Take(bytes);
}

}  // namespace

std::optional<TextEnds> ReadTextEnds(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? std::streamoff{file.tellg()} : -1;
  if (size <= 0) return std::nullopt;
  if (ReadAt(&file, 0, kZstd.size()) == kZstd) return OfCompressed(&file);
  return OfPlain(&file, static_cast<uint64_t>(size));
}

}  // namespace allocprof::trace
