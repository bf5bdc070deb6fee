// SPDX-License-Identifier: Apache-2.0
#include "budget/xml_text.h"

#include "budget/verdict_text.h"

namespace allocprof::budget {

std::string XmlText(std::string_view text) {
  const std::string line = OneLine(text);
  std::string out;
  for (size_t i = 0; i < line.size(); i++) {
    switch (line[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      case '\xEF':
        // U+FFFE and U+FFFF are characters of Unicode but not of XML.
        if (line.compare(i, 3, "\xEF\xBF\xBE") == 0 || line.compare(i, 3, "\xEF\xBF\xBF") == 0) {
          out += "\xEF\xBF\xBD";
          i += 2;
          break;
        }
        [[fallthrough]];
      default:
        out += line[i];
    }
  }
  return out;
}

}  // namespace allocprof::budget
