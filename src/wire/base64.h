// SPDX-License-Identifier: Apache-2.0
//
// Base64 (RFC 4648 section 4, with padding) for the packed columns of a chunk line. The encoder
// runs in the recorder's drain: 1 ns a byte. The decoder refuses anything else than the alphabet.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace allocprof::wire {

inline constexpr char kBase64Alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

inline constexpr size_t Base64Size(size_t bytes) { return (bytes + 2) / 3 * 4; }

// Writes Base64Size(n) characters at `out` and returns their end.
inline char* EncodeBase64(const uint8_t* in, size_t n, char* out) {
  size_t i = 0;
  for (; i + 3 <= n; i += 3, out += 4) {
    uint32_t v = uint32_t{in[i]} << 16 | uint32_t{in[i + 1]} << 8 | in[i + 2];
    out[0] = kBase64Alphabet[v >> 18];
    out[1] = kBase64Alphabet[v >> 12 & 63];
    out[2] = kBase64Alphabet[v >> 6 & 63];
    out[3] = kBase64Alphabet[v & 63];
  }
  if (i < n) {
    uint32_t v = uint32_t{in[i]} << 16 | (i + 1 < n ? uint32_t{in[i + 1]} << 8 : 0);
    *out++ = kBase64Alphabet[v >> 18];
    *out++ = kBase64Alphabet[v >> 12 & 63];
    *out++ = i + 1 < n ? kBase64Alphabet[v >> 6 & 63] : '=';
    *out++ = '=';
  }
  return out;
}

struct Base64Table {
  int8_t value[256];
  constexpr Base64Table() : value() {
    for (int i = 0; i < 256; i++) value[i] = -1;
    for (int i = 0; i < 64; i++)
      value[static_cast<uint8_t>(kBase64Alphabet[i])] = static_cast<int8_t>(i);
  }
};
inline constexpr Base64Table kBase64Table;

// Decodes `n` characters into `out` (room for n / 4 * 3 bytes). Returns the number of bytes, or -1
// if the text is not canonical Base64.
inline ptrdiff_t DecodeBase64(const char* in, size_t n, uint8_t* out) {
  if (n % 4 != 0) return -1;
  uint8_t* start = out;
  for (size_t i = 0; i < n; i += 4) {
    bool last = i + 4 == n;
    int pad = last ? (in[i + 3] == '=') + (in[i + 3] == '=' && in[i + 2] == '=') : 0;
    int32_t v = 0;
    for (int k = 0; k < 4; k++) {
      int d = k >= 4 - pad ? 0 : kBase64Table.value[static_cast<uint8_t>(in[i + k])];
      if (d < 0) return -1;
      v = v << 6 | d;
    }
    if ((v & ((1 << 8 * pad) - 1)) != 0) return -1;
    *out++ = static_cast<uint8_t>(v >> 16);
    if (pad < 2) *out++ = static_cast<uint8_t>(v >> 8);
    if (pad < 1) *out++ = static_cast<uint8_t>(v);
  }
  return out - start;
}

}  // namespace allocprof::wire
