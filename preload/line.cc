// SPDX-License-Identifier: Apache-2.0
#include "line.h"

#include <string.h>

namespace allocprof {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// Length of the valid UTF-8 sequence at `s` (RFC 3629: no overlong forms, no surrogates), or 0.
size_t Utf8Length(const unsigned char* s, size_t n) {
  if (s[0] < 0x80) return 1;
  const size_t want = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
  if (s[0] < 0xc2 || s[0] > 0xf4 || n < want) return 0;
  for (size_t i = 1; i < want; i++) {
    if ((s[i] & 0xc0) != 0x80) return 0;
  }
  if (s[0] == 0xe0 && s[1] < 0xa0) return 0;
  if (s[0] == 0xed && s[1] > 0x9f) return 0;
  if (s[0] == 0xf0 && s[1] < 0x90) return 0;
  if (s[0] == 0xf4 && s[1] > 0x8f) return 0;
  return want;
}

}  // namespace

Line& Line::Raw(const char* text, size_t n) {
  if (n > room()) {
    full_ = true;
    return *this;
  }
  memcpy(at_, text, n);
  at_ += n;
  return *this;
}

Line& Line::Raw(const char* text) { return Raw(text, strlen(text)); }

Line& Line::Number(uint64_t v) {
  char digits[20];
  size_t n = 0;
  do {
    digits[sizeof(digits) - ++n] = static_cast<char>('0' + v % 10);
    v /= 10;
  } while (v != 0);
  return Raw(digits + sizeof(digits) - n, n);
}

Line& Line::Signed(int64_t v) {
  if (v < 0) {
    Put('-');
    return Number(uint64_t{0} - static_cast<uint64_t>(v));
  }
  return Number(static_cast<uint64_t>(v));
}

Line& Line::Hex(const uint8_t* bytes, size_t n) {
  Put('"');
  for (size_t i = 0; i < n; i++) {
    Put(kHexDigits[bytes[i] >> 4]);
    Put(kHexDigits[bytes[i] & 15]);
  }
  Put('"');
  return *this;
}

Line& Line::String(const char* text, size_t n) {
  const auto* s = reinterpret_cast<const unsigned char*>(text);
  Put('"');
  for (size_t i = 0; i < n;) {
    const size_t length = Utf8Length(s + i, n - i);
    if (s[i] == '"' || s[i] == '\\') {
      Put('\\');
      Put(static_cast<char>(s[i++]));
    } else if (s[i] < 0x20 || s[i] == 0x7f || length == 0) {
      Raw("\\u00");
      Put(kHexDigits[s[i] >> 4]);
      Put(kHexDigits[s[i++] & 15]);
    } else {
      Raw(text + i, length);
      i += length;
    }
  }
  Put('"');
  return *this;
}

Line& Line::String(const char* text) { return String(text, strlen(text)); }

Line& Line::Key(const char* key) {
  if (at_ != begin_ && at_[-1] != '{' && at_[-1] != '[') Put(',');
  return Raw("\"").Raw(key).Raw("\":");
}

}  // namespace allocprof
