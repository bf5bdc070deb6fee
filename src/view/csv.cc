// SPDX-License-Identifier: Apache-2.0
#include "view/csv.h"

#include <fmt/format.h>

#include <string>

#include "view/display_text.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

std::string Field(const std::string& raw) {
  const std::string text = ValidUtf8(raw);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string FramesField(const std::vector<report::Frame>& stack) {
  std::string names;
  for (const report::Frame& frame : stack) {
    if (!names.empty()) names += ";";
    names += frame.function.empty() ? fmt::format("{}+{:#x}", frame.module, frame.offset)
                                    : frame.function;
  }
  return Field(names);
}

}  // namespace

void WriteCsv(const report::Table& table, std::ostream& out) {
  const bool stacks = !table.stacks.empty();
  const char* comma = "";
  for (const report::Column& column : table.columns) {
    out << comma << Field(column.key);
    comma = ",";
  }
  out << (stacks ? ",frames\n" : "\n");
  for (size_t row = 0; row < table.rows.size(); row++) {
    for (size_t i = 0; i < table.columns.size(); i++) {
      if (i > 0) out << ",";
      if (i < table.rows[row].size()) out << Field(BareText(table.rows[row][i]));
    }
    if (stacks) out << "," << (row < table.stacks.size() ? FramesField(table.stacks[row]) : "");
    out << "\n";
  }
}

}  // namespace allocprof::view
