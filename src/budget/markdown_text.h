// SPDX-License-Identifier: Apache-2.0
//
// Foreign text in Markdown that a forge shows: no markup, no tag, and nobody is notified by it.
// Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace allocprof::budget {

// On one line.
std::string Marked(std::string_view text);

}  // namespace allocprof::budget
