// SPDX-License-Identifier: Apache-2.0
//
// Foreign text in XML 1.0, between tags or in quotation marks. Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace allocprof::budget {

// On one line; characters that XML cannot hold at all are shown as others.
std::string XmlText(std::string_view text);

}  // namespace allocprof::budget
