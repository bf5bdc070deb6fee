// SPDX-License-Identifier: Apache-2.0
//
// One Value as text: for people, and bare for other programs.
//
// No errors: an unknown figure has a text too. Thread-safety: functions without state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/report.h"
#include "view/text_style.h"

namespace allocprof::view {

// "1,234", "1.2 MiB", "4.56 ms", "yes", a name; a dash when the figure is not known. Printable.
std::string ValueText(const report::Value& value, report::Unit unit, const TextStyle& style);

// Digits without separators, seconds and other doubles as short as they read back; unknown is
// empty. Strings as they are.
std::string BareText(const report::Value& value);

// The figure, for sums and shares; none for text, bool and unknown.
std::optional<double> NumberOf(const report::Value& value);

// The last part of a dotted key: "total.allocations" is "allocations".
std::string_view LastPart(std::string_view key);

// The total of which a column's figures are parts: scalar "allocations" of group "totals" for
// "total.allocations". None if there is no such scalar, or it is not above zero.
std::optional<double> TotalOf(const report::Report& report, const std::string& column_key);

}  // namespace allocprof::view
