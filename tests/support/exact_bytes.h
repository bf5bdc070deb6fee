// SPDX-License-Identifier: Apache-2.0
//
// Bytes on the heap in a block of exactly their size, so that an address sanitizer sees a read one
// byte behind them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace allocprof::test {

class ExactBytes {
 public:
  ExactBytes(const void* bytes, size_t n) : bytes_(new uint8_t[n]), n_(n) {
    std::copy_n(static_cast<const uint8_t*>(bytes), n, bytes_.get());
  }
  explicit ExactBytes(std::string_view text) : ExactBytes(text.data(), text.size()) {}

  const uint8_t* begin() const { return bytes_.get(); }
  const uint8_t* end() const { return bytes_.get() + n_; }
  size_t size() const { return n_; }
  uint8_t& operator[](size_t i) { return bytes_[i]; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  size_t n_;
};

}  // namespace allocprof::test
