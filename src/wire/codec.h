// SPDX-License-Identifier: Apache-2.0
//
// Group-varint records: the one encoder (recorder) and the one decoder (reader, final drain).
//
//   byte 0            byte 1                       then up to four fields, little endian
//   7..4  3     2..0  7..6  5..4  3..2  1..0
//   aux   wide  kind  len3  len2  len1  len0       length code 0,1,2,3 = 0,1,2,3 bytes
//                                                                 (wide: 0,2,4,8)
//
// A field that is zero takes no byte. Example: kFree of stack -1 (zigzag 1), address +8
// (zigzag(8 >> 3) = 2), 100 cycles later (zigzag(100) = c8): 92 15 01 02 c8, five bytes.
// Deltas are taken against DeltaState, which both sides reset at the start of each block.
// Three bytes reach 64 MiB of heap either way, and 8 million stacks; of a compiler's records one in
// four is wide. Encoding costs 2 ns: the four lengths are found side by side, the stores are four
// unaligned words, and the narrow path has no branch.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "wire/format.h"

namespace allocprof::wire {

inline uint64_t ZigZag(int64_t v) {
  return (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63);
}
inline int64_t UnZigZag(uint64_t v) {
  return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1);
}

// Addresses are at least 8-byte aligned in every allocator met; a delta that is not is rotated so
// that the low bits stand at the top (and take the wide form), hence the code loses nothing.
inline uint64_t PackAddress(uint64_t address, uint64_t base) {
  uint64_t z = address - base;
  uint64_t low = z & 7;
  return ZigZag(static_cast<int64_t>(z) >> 3) ^ (low << 61);
}
inline uint64_t UnpackAddress(uint64_t field, uint64_t base) {
  // A zigzag of a 61-bit value has its top three bits clear unless the magnitude is huge; user
  // addresses are below 2^57, so the top bits hold exactly the low bits of the delta.
  uint64_t low = field >> 61;
  int64_t q = UnZigZag(field & (~uint64_t{0} >> 3));
  return base + static_cast<uint64_t>(q) * 8 + low;
}

struct DeltaState {
  uint64_t stamp = 0;
  uint64_t address = 0;
  uint64_t pc = 0;
  uint32_t stack = 0;
  uint32_t next_id = 0;
};

struct Fields {
  Record kind;
  uint8_t aux;
  uint64_t f[4];
};

inline constexpr uint8_t kNarrowLength[4] = {0, 1, 2, 3};
inline constexpr uint8_t kWideLength[4] = {0, 2, 4, 8};
inline constexpr uint64_t kNarrowMask[4] = {0, 0xff, 0xffff, 0xffffff};
inline constexpr uint64_t kWideMask[4] = {0, 0xffff, 0xffffffff, ~uint64_t{0}};

// The bytes that each of four fields below 2^24 takes: f0's in the lowest byte of the result.
[[gnu::always_inline]] inline uint32_t NarrowLengths(uint64_t f0, uint64_t f1, uint64_t f2,
                                                     uint64_t f3) {
#ifdef __SSE2__
  const __m128i v = _mm_unpacklo_epi64(_mm_cvtsi64_si128(static_cast<int64_t>(f0 | f1 << 32)),
                                       _mm_cvtsi64_si128(static_cast<int64_t>(f2 | f3 << 32)));
  // Each comparison that holds is -1, and what is packed at last is their number.
  __m128i n = _mm_cmpgt_epi32(v, _mm_setzero_si128());
  n = _mm_add_epi32(n, _mm_cmpgt_epi32(v, _mm_set1_epi32(0xff)));
  n = _mm_add_epi32(n, _mm_cmpgt_epi32(v, _mm_set1_epi32(0xffff)));
  n = _mm_sub_epi32(_mm_setzero_si128(), n);
  n = _mm_packs_epi32(n, n);
  return static_cast<uint32_t>(_mm_cvtsi128_si32(_mm_packus_epi16(n, n)));
#else
  const auto length = [](uint64_t v) {
    return static_cast<uint32_t>((v != 0) + (v > 0xff) + (v > 0xffff));
  };
  return length(f0) | length(f1) << 8 | length(f2) << 16 | length(f3) << 24;
#endif
}

// The rare form, for a field of more than three bytes: out of the way of the other.
[[gnu::noinline]] inline uint8_t* EncodeWideRecord(uint8_t* out, uint8_t first, const uint64_t* f) {
  uint8_t* codes = out + 1;
  *out = first | 8;
  *codes = 0;
  out += 2;
  for (int i = 0; i < 4; i++) {
    const auto code = static_cast<uint32_t>((f[i] != 0) + (f[i] > 0xffff) + (f[i] > 0xffffffff));
    *codes = static_cast<uint8_t>(*codes | code << (2 * i));
    memcpy(out, &f[i], 8);
    out += (1u << code) & ~1u;
  }
  return out;
}

// Writes one record at `out` and returns its end.
// REQUIRES: kMaxRecordBytes + 8 writable bytes at `out` (stores are whole words).
[[gnu::always_inline]] inline uint8_t* EncodeRecord(uint8_t* out, Record kind, uint8_t aux,
                                                    uint64_t f0, uint64_t f1, uint64_t f2,
                                                    uint64_t f3) {
  const auto first = static_cast<uint8_t>(static_cast<uint8_t>(kind) | aux << 4);
  if (__builtin_expect((f0 | f1 | f2 | f3) >> 24 != 0, 0)) {
    const uint64_t fields[4] = {f0, f1, f2, f3};
    return EncodeWideRecord(out, first, fields);
  }
  const uint32_t lengths = NarrowLengths(f0, f1, f2, f3);
  // Two multiplications put the four lengths into two bits each, and add each to those after it.
  const uint32_t codes = lengths * 0x01041040u >> 24;
  const uint32_t ends = lengths * 0x01010101u;
  const auto head = static_cast<uint16_t>(first | codes << 8);
  memcpy(out, &head, 2);
  out += 2;
  memcpy(out, &f0, 8);
  memcpy(out + (ends & 0xff), &f1, 8);
  memcpy(out + (ends >> 8 & 0xff), &f2, 8);
  memcpy(out + (ends >> 16 & 0xff), &f3, 8);
  return out + (ends >> 24);
}

// Reads one record from [in, end). Returns the next position, or nullptr if the bytes are no
// record: an unknown kind or a record that runs past `end`. Never reads outside [in, end).
inline const uint8_t* DecodeRecord(const uint8_t* in, const uint8_t* end, Fields* out) {
  if (end - in < 2) return nullptr;
  out->kind = static_cast<Record>(in[0] & 7);
  out->aux = in[0] >> 4;
  if (out->kind == Record::kNone) return nullptr;
  const bool wide = (in[0] & 8) != 0;
  const uint8_t* length = wide ? kWideLength : kNarrowLength;
  uint8_t codes = in[1];
  // Far from the end whole words are read, and cut: no branch and no call for a length.
  if (static_cast<size_t>(end - in) >= kMaxRecordBytes + 8) {
    const uint64_t* mask = wide ? kWideMask : kNarrowMask;
    in += 2;
    for (int i = 0; i < 4; i++, codes >>= 2) {
      uint64_t v;
      memcpy(&v, in, 8);
      out->f[i] = v & mask[codes & 3];
      in += length[codes & 3];
    }
    return in;
  }
  in += 2;
  for (int i = 0; i < 4; i++, codes >>= 2) {
    size_t n = length[codes & 3];
    if (static_cast<size_t>(end - in) < n) return nullptr;
    uint64_t v = 0;
    memcpy(&v, in, n);
    out->f[i] = v;
    in += n;
  }
  return in;
}

}  // namespace allocprof::wire
