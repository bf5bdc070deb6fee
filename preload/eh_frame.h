// SPDX-License-Identifier: Apache-2.0
//
// Reading .eh_frame: from a code address to the entry that covers it, its CIE, and their bytes.
// Source: LSB 5 "Exception Frames"; DWARF 5 section 6.4.1.
// Errors: every read is bounded by the module's mapping; malformed bytes yield "no entry".
// Thread-safety: pure functions of mapped, read-only sections; no lock, no allocation.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace allocprof {

// A reader over the module's mapped bytes. Running past `end` sets `bad` and yields zeroes.
struct Bytes {
  const uint8_t* p;
  const uint8_t* end;
  bool bad = false;

  bool Has(size_t n) {
    if (static_cast<size_t>(end - p) < n) bad = true;
    return !bad;
  }
  template <typename T>
  T Fixed() {
    T v = 0;
    if (Has(sizeof(T))) {
      memcpy(&v, p, sizeof(T));
      p += sizeof(T);
    }
    return v;
  }
  uint8_t U8() { return Fixed<uint8_t>(); }
  uint64_t ULeb() {
    uint64_t v = 0;
    for (unsigned shift = 0; Has(1); shift += 7) {
      uint8_t b = *p++;
      if (shift < 64) v |= static_cast<uint64_t>(b & 0x7f) << shift;
      if (!(b & 0x80)) break;
    }
    return v;
  }
  int64_t SLeb() {
    uint64_t v = 0;
    unsigned shift = 0;
    while (Has(1)) {
      uint8_t b = *p++;
      if (shift < 64) v |= static_cast<uint64_t>(b & 0x7f) << shift;
      shift += 7;
      if (!(b & 0x80)) {
        if (shift < 64 && (b & 0x40)) v |= ~uint64_t{0} << shift;
        break;
      }
    }
    return static_cast<int64_t>(v);
  }
  void Skip(uint64_t n) {
    if (Has(n)) p += n;
  }
};

// DW_EH_PE_* encoded pointer. `data` is the base of datarel values.
uint64_t EncodedPointer(Bytes& in, uint8_t encoding, uintptr_t data);

struct Cie {
  uint64_t code_align = 1;
  int64_t data_align = 1;
  uint64_t return_column = 16;
  uint8_t pointer_encoding = 0;
  bool has_augmentation_data = false;
  bool signal = false;
  Bytes program{nullptr, nullptr};
};

struct Fde {
  uintptr_t start = 0;
  uintptr_t length = 0;
  Cie cie;
  Bytes program{nullptr, nullptr};
};

// The sorted table of .eh_frame_hdr: pairs of 32-bit offsets from `base`, (code, FDE).
struct FdeTable {
  uintptr_t base;
  const uint8_t* pairs;
  uint64_t count;
};

// The table of the module mapped at [low, high) whose .eh_frame_hdr is `header`. False if it has
// another encoding than the one that linkers write, or does not lie in the module.
bool FindTable(const uint8_t* header, uintptr_t low, uintptr_t high, FdeTable* out);

// The entry that covers `at`, in the module mapped at [low, high) whose .eh_frame_hdr is `header`.
bool FindEntry(uintptr_t at, const uint8_t* header, uintptr_t low, uintptr_t high, Fde* out);

}  // namespace allocprof
