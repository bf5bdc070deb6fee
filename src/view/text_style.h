// SPDX-License-Identifier: Apache-2.0
//
// The look of the text report: colours and the characters that have an ASCII fallback.
//
// Owns: the options. Colour is added last, to text already cut and padded, because escape
// sequences have no width. Thread-safety: immutable.
#pragma once

#include <string>

#include "view/text_options.h"

namespace allocprof::view {

class TextStyle {
 public:
  explicit TextStyle(const TextOptions& options) : options_(options) {}

  int width() const { return options_.width; }
  bool utf8() const { return options_.utf8; }
  bool show_plumbing() const { return options_.show_plumbing; }
  bool long_advice() const { return options_.long_advice; }

  std::string Bold(const std::string& text) const { return Paint("\x1b[1m", text); }
  std::string Dim(const std::string& text) const { return Paint("\x1b[2m", text); }
  std::string Heading(const std::string& text) const { return Paint("\x1b[1;36m", text); }
  std::string Warning(const std::string& text) const { return Paint("\x1b[33m", text); }
  // By what share of the whole the text stands for.
  std::string Weight(const std::string& text, double share) const {
    if (share >= 0.25) return Paint("\x1b[1;31m", text);
    if (share >= 0.05) return Paint("\x1b[33m", text);
    return share >= 0.01 ? text : Dim(text);
  }
  std::string Chart(const std::string& text) const { return Paint("\x1b[32m", text); }

  const char* ellipsis() const { return utf8() ? "…" : "..."; }
  const char* dot() const { return utf8() ? " · " : " - "; }
  const char* bullet() const { return utf8() ? "• " : "* "; }
  const char* unknown() const { return utf8() ? "–" : "-"; }

 private:
  std::string Paint(const char* code, const std::string& text) const {
    return options_.color && !text.empty() ? code + text + "\x1b[0m" : text;
  }

  TextOptions options_;
};

}  // namespace allocprof::view
