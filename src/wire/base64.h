// SPDX-License-Identifier: Apache-2.0
//
// Base64 (RFC 4648 section 4, with padding) for the packed columns of a chunk line. The encoder
// runs in the recorder's drain: 0.3 ns a byte. The decoder refuses anything else than the alphabet.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace allocprof::wire {

inline constexpr char kBase64Alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

inline constexpr size_t Base64Size(size_t bytes) { return (bytes + 2) / 3 * 4; }

#if defined(__SSE2__)
// The 48 low bits of `v` as eight sixes, the first in the lowest byte.
inline uint64_t SpreadSixes(uint64_t v) {
  v = (v & 0xffffff000000) << 8 | (v & 0xffffff);
  v = (v & 0x00fff00000fff000) << 4 | (v & 0x00000fff00000fff);
  v = (v & 0x0fc00fc00fc00fc0) << 2 | (v & 0x003f003f003f003f);
  return __builtin_bswap64(v);
}

// Twelve bytes to sixteen characters: sixes side by side, and to each the distance of its part of
// the alphabet. REQUIRES: fourteen readable bytes at `in`.
inline void EncodeTwelve(const uint8_t* in, char* out) {
  uint64_t first, second;
  memcpy(&first, in, 8);
  memcpy(&second, in + 6, 8);
  const __m128i six =
      _mm_set_epi64x(static_cast<int64_t>(SpreadSixes(__builtin_bswap64(second) >> 16)),
                     static_cast<int64_t>(SpreadSixes(__builtin_bswap64(first) >> 16)));
  const auto beyond = [&](char last, char step) {
    return _mm_and_si128(_mm_cmpgt_epi8(six, _mm_set1_epi8(last)), _mm_set1_epi8(step));
  };
  __m128i text = _mm_add_epi8(six, _mm_set1_epi8('A'));
  text = _mm_add_epi8(text, beyond(25, 'a' - 'A' - 26));
  text = _mm_add_epi8(text, beyond(51, '0' - 'a' - 26));
  text = _mm_add_epi8(text, beyond(61, '+' - '0' - 10));
  text = _mm_add_epi8(text, beyond(62, '/' - '+' - 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), text);
}
#endif

// Writes Base64Size(n) characters at `out` and returns their end.
inline char* EncodeBase64(const uint8_t* in, size_t n, char* out) {
  size_t i = 0;
#if defined(__SSE2__)
  for (; i + 14 <= n; i += 12, out += 16) EncodeTwelve(in + i, out);
#endif
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

// The value of a character at each of the four places of a group; above 24 bits: not in the
// alphabet.
struct Base64Table {
  static constexpr uint32_t kInvalid = 1u << 31;
  uint32_t at[4][256];
  constexpr Base64Table() : at() {
    for (auto& place : at) {
      for (uint32_t& v : place) v = kInvalid;
    }
    for (uint32_t i = 0; i < 64; i++) {
      for (uint32_t place = 0; place < 4; place++) {
        at[place][static_cast<uint8_t>(kBase64Alphabet[i])] = i << (18 - 6 * place);
      }
    }
  }
  uint32_t Group(const char* in) const {
    return at[0][static_cast<uint8_t>(in[0])] | at[1][static_cast<uint8_t>(in[1])] |
           at[2][static_cast<uint8_t>(in[2])] | at[3][static_cast<uint8_t>(in[3])];
  }
};
inline constexpr Base64Table kBase64Table;

// Decodes `n` characters into `out` (room for n / 4 * 3 bytes). Returns the number of bytes, or -1
// if the text is not canonical Base64. Cost: 0.5 ns a character.
inline ptrdiff_t DecodeBase64(const char* in, size_t n, uint8_t* out) {
  if (n % 4 != 0) return -1;
  if (n == 0) return 0;
  uint8_t* start = out;
  const char* const last = in + n - 4;
  uint32_t seen = 0;
  for (; in != last; in += 4, out += 3) {
    const uint32_t v = kBase64Table.Group(in);
    seen |= v;
    out[0] = static_cast<uint8_t>(v >> 16);
    out[1] = static_cast<uint8_t>(v >> 8);
    out[2] = static_cast<uint8_t>(v);
  }
  // The last group may be padded, with zero bits where its bytes end.
  const int pad = (in[3] == '=') + (in[3] == '=' && in[2] == '=');
  const char group[4] = {in[0], in[1], pad >= 2 ? 'A' : in[2], pad >= 1 ? 'A' : in[3]};
  const uint32_t v = kBase64Table.Group(group);
  if (((seen | v) & Base64Table::kInvalid) != 0 || (v & ((1u << 8 * pad) - 1)) != 0) return -1;
  *out++ = static_cast<uint8_t>(v >> 16);
  if (pad < 2) *out++ = static_cast<uint8_t>(v >> 8);
  if (pad < 1) *out++ = static_cast<uint8_t>(v);
  return out - start;
}

}  // namespace allocprof::wire
