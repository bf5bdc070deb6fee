// SPDX-License-Identifier: Apache-2.0
#include "budget/markdown_text.h"

#include "budget/verdict_text.h"
#include "view/markdown.h"

namespace allocprof::budget {

std::string Marked(std::string_view text) {
  std::string out;
  for (const char c : view::MarkdownText(OneLine(text))) {
    out += c;
    // memcpy@GLIBC_2.14 mentions nobody.
    if (c == '@') out += "&#8203;";
  }
  return out;
}

}  // namespace allocprof::budget
