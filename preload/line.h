// SPDX-License-Identifier: Apache-2.0
//
// Builds one JSON record line in a caller's buffer. Owns nothing, never allocates; what does not
// fit sets `full` and the line must not be used.
// Strings: valid UTF-8 passes, any other byte becomes the code point of the same number, so that
// the line is always valid JSON (RFC 8259).
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace allocprof {

class Line {
 public:
  Line(char* buffer, size_t size) : begin_(buffer), at_(buffer), end_(buffer + size) {}

  Line& Raw(const char* text);
  Line& Raw(const char* text, size_t n);
  Line& Number(uint64_t v);
  Line& Signed(int64_t v);
  Line& Hex(const uint8_t* bytes, size_t n);  // in quotes
  Line& String(const char* text, size_t n);   // in quotes, escaped
  Line& String(const char* text);

  // ,"key":value — the comma is left out after an opening brace or bracket.
  Line& Key(const char* key);
  Line& Field(const char* key, uint64_t v) { return Key(key).Number(v); }
  Line& Field(const char* key, const char* v) { return Key(key).String(v); }

  bool full() const { return full_; }
  const char* begin() const { return begin_; }
  size_t size() const { return static_cast<size_t>(at_ - begin_); }

  // For bulk text written in place: the next free byte, then how much was written.
  char* cursor() { return at_; }
  size_t room() const { return static_cast<size_t>(end_ - at_); }
  void Advance(size_t n) { at_ += n; }

 private:
  void Put(char c) {
    if (at_ == end_) {
      full_ = true;
    } else {
      *at_++ = c;
    }
  }

  char* begin_;
  char* at_;
  char* end_;
  bool full_ = false;
};

}  // namespace allocprof
