// SPDX-License-Identifier: Apache-2.0
//
// ByteCursor: reads the fields of exception tables from bytes of a loaded segment.
//
// Owns: nothing, the bytes must outlive it. Errors: a read past the end gives 0 and makes ok()
// false for good. Source: LSB 5.0, "DWARF Extensions" (pointer encodings); DWARF 5, 7.6 (LEB128).
// Thread-safety: a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace allocprof::symbols {

// DW_EH_PE_omit: there is no such field.
inline constexpr uint8_t kPointerOmitted = 0xff;

class ByteCursor {
 public:
  // `bytes` are those at `address`.
  ByteCursor(const std::vector<uint8_t>& bytes, uint64_t address)
      : bytes_(bytes), address_(address) {}

  bool ok() const { return ok_; }
  uint64_t address() const { return address_ + at_; }
  size_t left() const { return bytes_.size() - at_; }

  void Skip(uint64_t count) {
    if (count > left()) {
      Fail();
    } else {
      at_ += count;
    }
  }

  uint64_t Fixed(unsigned size) {
    if (size > left()) return Fail();
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) value |= uint64_t{bytes_[at_ + i]} << (8 * i);
    at_ += size;
    return value;
  }

  uint64_t SignedFixed(unsigned size) {
    const uint64_t value = Fixed(size);
    const unsigned unused = 64 - 8 * size;
    return static_cast<uint64_t>(static_cast<int64_t>(value << unused) >> unused);
  }

  uint64_t Uleb() { return Leb(false); }
  uint64_t Sleb() { return Leb(true); }

  // One encoded pointer. Relative to the field itself, absolute, or a plain number; 0 is "none"
  // whatever it is relative to. Other bases fail: x86-64 compilers do not use them here.
  uint64_t Pointer(uint8_t encoding) {
    if (encoding == kPointerOmitted) return 0;
    const uint64_t field = address();
    uint64_t value = 0;
    switch (encoding & 0x0f) {
      case 0x00:
      case 0x04:
      case 0x0c:
        value = Fixed(8);
        break;
      case 0x01:
        value = Uleb();
        break;
      case 0x02:
        value = Fixed(2);
        break;
      case 0x03:
        value = Fixed(4);
        break;
      case 0x09:
        value = Sleb();
        break;
      case 0x0a:
        value = SignedFixed(2);
        break;
      case 0x0b:
        value = SignedFixed(4);
        break;
      default:
        return Fail();
    }
    if (value == 0) return 0;
    if ((encoding & 0x70) == 0x10) value += field;
    if ((encoding & 0x60) != 0) return Fail();
    return value;
  }

 private:
  uint64_t Leb(bool is_signed) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (left() == 0) return Fail();
      const uint8_t byte = bytes_[at_++];
      value |= uint64_t{byte & 0x7fu} << shift;
      if ((byte & 0x80) != 0) continue;
      if (is_signed && (byte & 0x40) != 0 && shift + 7 < 64) value |= ~uint64_t{0} << (shift + 7);
      return value;
    }
    return Fail();
  }

  uint64_t Fail() {
    ok_ = false;
    at_ = bytes_.size();
    return 0;
  }

  const std::vector<uint8_t>& bytes_;
  uint64_t address_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace allocprof::symbols
