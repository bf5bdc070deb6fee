// SPDX-License-Identifier: Apache-2.0
//
// Foreign text on a terminal. A symbol name is whatever bytes an ELF file holds: here it becomes
// one line, without control characters, of a known width.
//
// Widths are columns: 0 for combining characters, 2 for East Asian wide ones. No errors: what is
// not UTF-8 is shown as U+FFFD. Thread-safety: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace allocprof::view {

// UTF-8 in every byte; each maximal invalid piece becomes U+FFFD. Nothing else changes.
std::string ValidUtf8(std::string_view text);

// On one line and harmless: control characters as \n, \t or \x1b, those that turn the writing
// direction as \u202e, what the terminal cannot show as '?'.
std::string Printable(std::string_view text, bool utf8);

// A source file as people know it: Rust's own, "/rustc/<hash>/library/core/src/x.rs", without what
// is the same in all of them.
std::string_view ShownSource(std::string_view path);

// REQUIRES for the rest: `text` is Printable.
int DisplayWidth(std::string_view text);

// At most `width` columns: the middle, or the start, gives way to an ellipsis.
std::string ElideMiddle(std::string_view text, int width, bool utf8);
std::string ElideStart(std::string_view text, int width, bool utf8);

std::string PadRight(std::string text, int width);
std::string PadLeft(std::string text, int width);

// Words, with a space between them, in lines of at most `width` columns; a longer word stands alone
// and is elided. A word of WrapWords may hold spaces: no line breaks there.
std::vector<std::string> Wrap(std::string_view text, int width, bool utf8);
std::vector<std::string> WrapWords(const std::vector<std::string>& words, int width, bool utf8);

}  // namespace allocprof::view
