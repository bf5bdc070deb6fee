// SPDX-License-Identifier: Apache-2.0
#include "view/omitted.h"

#include <fmt/format.h>

#include <cctype>

#include "base/units.h"
#include "view/display_text.h"
#include "view/value_text.h"

namespace allocprof::view {

std::string Phrase(const report::Column& column, const report::Value& value,
                   const TextStyle& style) {
  std::string title = column.title;
  // "Peak" becomes "peak"; "RSS" stays.
  if (title.size() > 1 && std::islower(static_cast<unsigned char>(title[1])) != 0) {
    title[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(title[0])));
  }
  // "1 allocation"
  const bool plural = title.size() > 2 && title.back() == 's';
  if (column.unit == report::Unit::kCount && NumberOf(value) == 1.0 && plural) title.pop_back();
  const std::string text = ValueText(value, column.unit, style);
  const bool amount = column.unit == report::Unit::kCount || column.unit == report::Unit::kBytes;
  return amount ? text + " " + title : title + " " + text;
}

std::string OmittedText(const report::Table& table, const TextStyle& style) {
  if (table.omitted_rows == 0) return "";
  std::string sums;
  for (size_t i = 0; i < table.columns.size() && i < table.omitted.size(); i++) {
    // A zero says nothing here; the totals have them all.
    if (table.columns[i].title.empty() || NumberOf(table.omitted[i]).value_or(0) == 0) continue;
    sums += (sums.empty() ? " (" : ", ") + Phrase(table.columns[i], table.omitted[i], style);
  }
  if (!sums.empty()) sums += ")";
  return fmt::format("{} {} more{}", style.ellipsis(), CountText(table.omitted_rows), sums);
}

void WriteOmitted(const report::Table& table, int indent, const TextStyle& style,
                  std::ostream& out) {
  const std::string text = OmittedText(table, style);
  for (const std::string& line : Wrap(text, style.width() - indent, style.utf8())) {
    out << std::string(indent, ' ') << style.Dim(line) << "\n";
  }
}

}  // namespace allocprof::view
