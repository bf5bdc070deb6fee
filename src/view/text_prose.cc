// SPDX-License-Identifier: Apache-2.0
#include "view/text_prose.h"

#include <algorithm>

#include "view/display_text.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

// `first` before the first line, as many spaces before the others.
void WriteWrapped(const std::string& first, const std::string& text, const TextStyle& style,
                  std::ostream& out) {
  const int indent = DisplayWidth(first);
  std::string before = first;
  // A path is of use only whole, even past the margin.
  int width = style.width() - indent;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    width = std::max(width, DisplayWidth(text.substr(at, end - at)));
    at = end + 1;
  }
  for (const std::string& line : Wrap(text, width, style.utf8())) {
    out << before << line << "\n";
    before.assign(static_cast<size_t>(indent), ' ');
  }
}

}  // namespace

void WriteTextProse(const report::Table& table, const TextStyle& style, std::ostream& out) {
  out << "\n" << style.Heading(table.title) << "\n";
  int title_width = 0;
  for (const report::Column& column : table.columns) {
    title_width = std::max(title_width, DisplayWidth(column.title));
  }
  for (const std::vector<report::Value>& row : table.rows) {
    bool leads = true;
    for (size_t i = 0; i < table.columns.size() && i < row.size(); i++) {
      const report::Column& column = table.columns[i];
      if (column.title.empty()) continue;
      const std::string text = ValueText(row[i], column.unit, style);
      if (leads) {
        WriteWrapped(std::string("  ") + style.bullet(), text, style, out);
      } else {
        WriteWrapped("      " + PadRight(column.title, title_width) + "  ", text, style, out);
      }
      leads = false;
    }
  }
}

}  // namespace allocprof::view
