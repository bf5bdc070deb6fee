// SPDX-License-Identifier: Apache-2.0
//
// Symbol names that no compiler makes and any ELF file may hold.
#pragma once

#include <string>
#include <vector>

namespace allocprof::view {

inline std::vector<std::string> HostileNames() {
  return {
      "</script><script>alert(1)</script>",
      "quote\"apostrophe'comma,semicolon;",
      "two\nlines\r\nand\ta tab",
      "pipe|back\\slash`tick` **bold** [link](x) <b>",
      std::string(64 * 1024, 'x'),
      "invalid \xFF\xFE utf8 \xE6\xBC",
      std::string("nul \0 inside", 12),
      "\x1b[31mred\x1b]0;title\x07",
      "漢字::関数",
      "=HYPERLINK(\"x\")",
  };
}

}  // namespace allocprof::view
