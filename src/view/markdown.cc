// SPDX-License-Identifier: Apache-2.0
#include "view/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "view/display_text.h"
#include "view/omitted.h"
#include "view/text_style.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

bool RightAligned(const report::Column& column) {
  return column.unit != report::Unit::kText && column.unit != report::Unit::kNone;
}

// ":12", or nothing where no line is known.
std::string LineOf(const report::Table& table, size_t row, const TextStyle& style) {
  const int column = report::FindColumn(table, "line");
  if (column < 0 || static_cast<size_t>(column) >= table.rows[row].size()) return "";
  const report::Value& value = table.rows[row][column];
  if (NumberOf(value).value_or(0) == 0) return "";
  return ":" + ValueText(value, report::Unit::kNone, style);
}

std::string SiteOf(const std::vector<report::Frame>& stack) {
  auto site = std::find_if(stack.begin(), stack.end(),
                           [](const report::Frame& frame) { return !frame.plumbing; });
  if (site == stack.end()) site = stack.begin();
  if (site == stack.end()) return "";
  if (site->function.empty()) return fmt::format("{}+{:#x}", site->module, site->offset);
  return site->function;
}

// What stands before a tree's name: its level. GitHub drops plain spaces.
std::string LevelOf(const report::Table& table, size_t row) {
  if (!table.tree || table.rows[row].empty()) return "";
  const auto level = static_cast<uint64_t>(NumberOf(table.rows[row][0]).value_or(0));
  std::string text;
  for (uint64_t i = 0; i < level; i++) text += "&emsp;";
  return text;
}

// Branches of a tree that are summed in one row.
std::string RestOf(const report::Table& table, size_t row) {
  const int column = table.tree ? report::FindColumn(table, "rest") : -1;
  if (column < 0 || static_cast<size_t>(column) >= table.rows[row].size()) return "";
  const auto rest = static_cast<uint64_t>(NumberOf(table.rows[row][column]).value_or(0));
  return rest == 0 ? "" : fmt::format("… {} smaller", rest);
}

}  // namespace

std::string MarkdownText(std::string_view text) {
  static constexpr std::string_view kMarks = "\\|`*_{}[]()#+!~$";
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (kMarks.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

void WriteMarkdown(const report::Table& table, std::ostream& out) {
  const TextStyle style(TextOptions{});
  const bool stacks = !table.stacks.empty();
  std::string titles = "|", rule = "|";
  for (const report::Column& column : table.columns) {
    if (column.title.empty()) continue;
    titles += " " + MarkdownText(column.title) + " |";
    rule += RightAligned(column) ? " ---: |" : " --- |";
  }
  if (stacks) {
    titles += " Call site |";
    rule += " --- |";
  }
  out << titles << "\n" << rule << "\n";
  for (size_t row = 0; row < table.rows.size(); row++) {
    out << "|";
    for (size_t i = 0; i < table.columns.size(); i++) {
      const report::Column& column = table.columns[i];
      if (column.title.empty()) continue;
      const report::Value value = i < table.rows[row].size() ? table.rows[row][i] : report::Value();
      std::string text = ValueText(value, column.unit, style);
      if (LastPart(column.key) == "file") text += LineOf(table, row, style);
      const bool name = LastPart(column.key) == "function";
      if (const std::string rest = name ? RestOf(table, row) : ""; !rest.empty()) text = rest;
      out << " " << (name ? LevelOf(table, row) : "") << MarkdownText(text) << " |";
    }
    if (stacks) {
      const bool known = row < table.stacks.size();
      out << " " << (known ? MarkdownText(Printable(SiteOf(table.stacks[row]), true)) : "") << " |";
    }
    out << "\n";
  }
  const std::string omitted = OmittedText(table, style);
  if (!omitted.empty()) out << "\n" << MarkdownText(omitted) << "\n";
}

}  // namespace allocprof::view
