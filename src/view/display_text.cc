// SPDX-License-Identifier: Apache-2.0
#include "view/display_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace allocprof::view {
namespace {

constexpr char32_t kInvalid = 0xFFFFFFFF;

// One character from *at on, or kInvalid having skipped the longest piece that could have begun
// one, as Unicode recommends (overlong forms, surrogates and beyond U+10FFFF begin none).
char32_t Next(std::string_view text, size_t* at) {
  const unsigned char lead = static_cast<unsigned char>(text[(*at)++]);
  if (lead < 0x80) return lead;
  int more = 0;
  unsigned char low = 0x80, high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    more = 1;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    more = 2;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    more = 3;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return kInvalid;
  }
  char32_t code = lead & (0x3F >> more);
  for (; more > 0; more--) {
    if (*at == text.size()) return kInvalid;
    const unsigned char c = static_cast<unsigned char>(text[*at]);
    if (c < low || c > high) return kInvalid;
    low = 0x80;
    high = 0xBF;
    code = code << 6 | (c & 0x3F);
    (*at)++;
  }
  return code;
}

bool TurnsDirection(char32_t c) {
  return (c >= 0x200E && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

int CharacterWidth(char32_t c) {
  if ((c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200D) ||
      (c >= 0xFE00 && c <= 0xFE0F)) {
    return 0;
  }
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                    (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                    (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
                    (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

// The part of `text` from `begin` on that fills at most `width` columns.
std::string_view Head(std::string_view text, int width) {
  size_t at = 0;
  while (at < text.size()) {
    size_t next = at;
    width -= CharacterWidth(Next(text, &next));
    if (width < 0) break;
    at = next;
  }
  return text.substr(0, at);
}

std::string_view Tail(std::string_view text, int width) {
  size_t at = text.size();
  while (at > 0) {
    size_t begin = at - 1;
    while (begin > 0 && (text[begin] & 0xC0) == 0x80) begin--;
    size_t next = begin;
    width -= CharacterWidth(Next(text, &next));
    if (width < 0) break;
    at = begin;
  }
  return text.substr(at);
}

std::string Elide(std::string_view text, int width, bool utf8, bool keep_start) {
  if (DisplayWidth(text) <= width) return std::string(text);
  const int mark = utf8 ? 1 : 3;
  if (width <= mark) return std::string(Head(text, std::max(width, 0)));
  const int kept = width - mark;
  const int head = keep_start ? (kept + 1) / 2 : 0;
  return fmt::format("{}{}{}", Head(text, head), utf8 ? "…" : "...", Tail(text, kept - head));
}

}  // namespace

std::string ValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const bool valid = Next(text, &at) != kInvalid;
    out += valid ? text.substr(begin, at - begin) : std::string_view("\xEF\xBF\xBD");
  }
  return out;
}

std::string Printable(std::string_view text, bool utf8) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = Next(text, &at);
    if (c == kInvalid) {
      out += utf8 ? "\xEF\xBF\xBD" : "?";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      out += fmt::format("\\x{:02x}", static_cast<uint32_t>(c));
    } else if (TurnsDirection(c)) {
      out += fmt::format("\\u{:04x}", static_cast<uint32_t>(c));
    } else if (c >= 0x80 && !utf8) {
      out += "?";
    } else {
      out += text.substr(begin, at - begin);
    }
  }
  return out;
}

std::string_view ShownSource(std::string_view path) {
  constexpr std::string_view kRustc = "/rustc/";
  if (!path.starts_with(kRustc)) return path;
  const size_t slash = path.find('/', kRustc.size());
  return slash == path.npos ? path : path.substr(slash + 1);
}

int DisplayWidth(std::string_view text) {
  int width = 0;
  for (size_t at = 0; at < text.size();) width += CharacterWidth(Next(text, &at));
  return width;
}

std::string ElideMiddle(std::string_view text, int width, bool utf8) {
  return Elide(text, width, utf8, true);
}

std::string ElideStart(std::string_view text, int width, bool utf8) {
  return Elide(text, width, utf8, false);
}

std::string PadRight(std::string text, int width) {
  const int missing = width - DisplayWidth(text);
  return missing > 0 ? text.append(missing, ' ') : text;
}

std::string PadLeft(std::string text, int width) {
  const int missing = width - DisplayWidth(text);
  return missing > 0 ? text.insert(0, missing, ' ') : text;
}

std::vector<std::string> Wrap(std::string_view text, int width, bool utf8) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return WrapWords(words, width, utf8);
}

std::vector<std::string> WrapWords(const std::vector<std::string>& words, int width, bool utf8) {
  std::vector<std::string> lines;
  std::string line;
  for (const std::string& whole : words) {
    const std::string word = ElideMiddle(whole, width, utf8);
    if (!line.empty() && DisplayWidth(line) + 1 + DisplayWidth(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace allocprof::view
