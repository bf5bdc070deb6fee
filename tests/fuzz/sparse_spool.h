// SPDX-License-Identifier: Apache-2.0
//
// A file of mostly zeroes as its other bytes: {u32 offset, u16 length, bytes}*, and {u32 size} at
// the end for zeroes behind the last. Offsets beyond kMaxSpool are taken modulo it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

namespace allocprof::fuzz {

inline constexpr uint32_t kMaxSpool = 256 * 1024;

inline std::string FromSparse(const uint8_t* data, size_t size) {
  std::string out;
  while (size >= 6) {
    uint32_t offset;
    uint16_t length;
    memcpy(&offset, data, 4);
    memcpy(&length, data + 4, 2);
    const size_t n = std::min<size_t>(length, size - 6);
    offset %= kMaxSpool;
    out.resize(std::max<size_t>(out.size(), offset + n));
    memcpy(out.data() + offset, data + 6, n);
    data += 6 + n;
    size -= 6 + n;
  }
  if (size >= 4) {
    uint32_t whole;
    memcpy(&whole, data, 4);
    out.resize(std::max<size_t>(out.size(), whole % kMaxSpool));
  }
  return out;
}

inline std::string ToSparse(const std::string& bytes) {
  std::string out;
  const auto append = [&out](const auto& v) {
    out.append(reinterpret_cast<const char*>(&v), sizeof(v));
  };
  for (size_t at = 0; at < bytes.size();) {
    const size_t begin = bytes.find_first_not_of('\0', at);
    if (begin == bytes.npos) break;
    // Short runs of zeroes cost less than a new piece.
    size_t end = begin + 1;
    for (size_t zeroes = 0; end < bytes.size() && zeroes < 16 && end - begin < 60000; end++) {
      zeroes = bytes[end] == '\0' ? zeroes + 1 : 0;
    }
    append(static_cast<uint32_t>(begin));
    append(static_cast<uint16_t>(end - begin));
    out += bytes.substr(begin, end - begin);
    at = end;
  }
  append(static_cast<uint32_t>(bytes.size()));
  return out;
}

}  // namespace allocprof::fuzz
