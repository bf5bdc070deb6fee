// SPDX-License-Identifier: Apache-2.0
//
// ByteReader: numbers of DWARF sections, read from bytes that may be damaged.
//
// Errors: a read past the end gives 0 and failed() from then on. Little endian, as the machine.
// Thread-safety: a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace allocprof::symbols {

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool failed() const { return failed_; }
  size_t position() const { return at_; }

  void Skip(uint64_t n) {
    if (n > bytes_.size() - at_) {
      Fail();
    } else {
      at_ += static_cast<size_t>(n);
    }
  }

  uint64_t Fixed(size_t width) {
    if (width > bytes_.size() - at_) return Fail();
    uint64_t value = 0;
    for (size_t i = 0; i < width; ++i) {
      value |= uint64_t{static_cast<uint8_t>(bytes_[at_ + i])} << (8 * i);
    }
    at_ += width;
    return value;
  }

  uint64_t Uleb() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const uint64_t byte = Fixed(1);
      value |= (byte & 0x7f) << shift;
      if (failed_ || (byte & 0x80) == 0) return failed_ ? 0 : value;
    }
    return Fail();
  }

  // Reads a unit's length, of no use here, and returns the width of the offsets in it: 4 or 8.
  size_t Length() {
    if (Fixed(4) != 0xffffffff) return 4;
    Skip(8);
    return 8;
  }

 private:
  uint64_t Fail() {
    failed_ = true;
    at_ = bytes_.size();
    return 0;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace allocprof::symbols
