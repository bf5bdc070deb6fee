// SPDX-License-Identifier: Apache-2.0
#include "view/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "view/display_text.h"
#include "view/omitted.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

constexpr int kIndent = 2;
constexpr int kGap = 2;
// What code columns need before shares are added, and the least they are cut to.
constexpr int kRoomyName = 32;
constexpr int kLeastName = 16;

enum class Kind { kFigure, kShare, kName, kCode, kPlace };

// One column as drawn; it may be made of two of the table (file and line) or of none (a share).
struct Drawn {
  Kind kind = Kind::kName;
  std::string title;
  std::vector<std::string> cells;
  int width = 0;

  bool elastic() const { return kind == Kind::kCode || kind == Kind::kPlace; }
  bool right() const { return kind == Kind::kFigure || kind == Kind::kShare; }
};

bool IsFigure(const report::Table& table, size_t column) {
  switch (table.columns[column].unit) {
    case report::Unit::kCount:
    case report::Unit::kBytes:
    case report::Unit::kSeconds:
      return true;
    case report::Unit::kText:
      return false;
    case report::Unit::kNone:
      break;
  }
  return std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
    return column >= row.size() || !std::holds_alternative<std::string>(row[column]);
  });
}

Kind KindOf(const report::Table& table, size_t column) {
  if (IsFigure(table, column)) return Kind::kFigure;
  const std::string_view part = LastPart(table.columns[column].key);
  if (part == "file") return Kind::kPlace;
  if (part == "function" || part == "module" || part == "text") return Kind::kCode;
  return Kind::kName;
}

report::Value Cell(const std::vector<report::Value>& row, int column) {
  return column >= 0 && column < static_cast<int>(row.size()) ? row[column] : report::Value();
}

Drawn Draw(const report::Table& table, size_t column, const TextStyle& style) {
  Drawn drawn;
  drawn.kind = KindOf(table, column);
  drawn.title = table.columns[column].title;
  const int line = drawn.kind == Kind::kPlace ? report::FindColumn(table, "line") : -1;
  for (const auto& row : table.rows) {
    const report::Value value = Cell(row, static_cast<int>(column));
    std::string text = ValueText(value, table.columns[column].unit, style);
    const std::optional<double> number = NumberOf(Cell(row, line));
    if (line >= 0 && number.value_or(0) > 0 && std::holds_alternative<std::string>(value)) {
      text += ":" + ValueText(Cell(row, line), report::Unit::kNone, style);
    }
    drawn.cells.push_back(std::move(text));
  }
  return drawn;
}

Drawn DrawShare(const report::Table& table, size_t column, double total) {
  Drawn drawn;
  drawn.kind = Kind::kShare;
  for (const auto& row : table.rows) {
    const std::optional<double> part = NumberOf(Cell(row, static_cast<int>(column)));
    drawn.cells.push_back(part.has_value() ? PercentText(*part, total) : "");
  }
  return drawn;
}

void Measure(Drawn* drawn) {
  drawn->width = DisplayWidth(drawn->title);
  for (const std::string& cell : drawn->cells) {
    drawn->width = std::max(drawn->width, DisplayWidth(cell));
  }
}

int WidthOf(const std::vector<Drawn>& columns) {
  int width = kIndent - kGap;
  for (const Drawn& drawn : columns) width += drawn.width + kGap;
  return width;
}

// Takes the missing columns from the widest names first.
void Shrink(std::vector<Drawn>* columns, int width) {
  for (int missing = WidthOf(*columns) - width; missing > 0; missing--) {
    Drawn* widest = nullptr;
    for (Drawn& drawn : *columns) {
      if (drawn.elastic() && (widest == nullptr || drawn.width > widest->width)) widest = &drawn;
    }
    if (widest == nullptr || widest->width <= kLeastName) return;
    widest->width--;
  }
}

std::vector<Drawn> Layout(const report::Report& report, const report::Table& table,
                          const TextStyle& style) {
  std::vector<Drawn> figures, code;
  std::vector<std::pair<size_t, Drawn>> shares;  // where among the figures each would stand
  for (size_t i = 0; i < table.columns.size(); i++) {
    const std::string_view part = LastPart(table.columns[i].key);
    if (table.columns[i].title.empty()) continue;
    if (part == "line" && report::FindColumn(table, "file") >= 0) continue;
    Drawn drawn = Draw(table, i, style);
    Measure(&drawn);
    const bool figure = drawn.kind == Kind::kFigure;
    (drawn.elastic() ? code : figures).push_back(std::move(drawn));
    const std::optional<double> total = figure ? TotalOf(report, table.columns[i].key) : std::nullopt;
    if (!total.has_value()) continue;
    shares.emplace_back(figures.size(), DrawShare(table, i, *total));
    Measure(&shares.back().second);
  }
  // Names are worth more than shares, and the share of the first figure most of these.
  int wanted = 0;
  for (const Drawn& drawn : code) wanted += std::min(drawn.width, kRoomyName) + kGap;
  size_t inserted = 0;
  for (auto& [at, share] : shares) {
    if (WidthOf(figures) + kGap + share.width + wanted > style.width()) break;
    figures.insert(figures.begin() + static_cast<ptrdiff_t>(at + inserted), std::move(share));
    inserted++;
  }
  std::move(code.begin(), code.end(), std::back_inserter(figures));
  Shrink(&figures, style.width());
  return figures;
}

std::string Fit(const Drawn& drawn, const std::string& text, bool last, const TextStyle& style) {
  if (drawn.right()) return PadLeft(text, drawn.width);
  const std::string cut = drawn.kind == Kind::kPlace
                              ? ElideStart(text, drawn.width, style.utf8())
                              : ElideMiddle(text, drawn.width, style.utf8());
  return last ? cut : PadRight(cut, drawn.width);
}

}  // namespace

void WriteTextTable(const report::Report& report, const report::Table& table,
                    const TextStyle& style, std::ostream& out) {
  const std::vector<Drawn> columns = Layout(report, table, style);
  if (columns.empty()) return;
  out << "\n" << style.Heading(table.title) << "\n";
  std::string titles(kIndent, ' ');
  for (const Drawn& drawn : columns) {
    const bool last = &drawn == &columns.back();
    titles += Fit(drawn, drawn.title, last, style) + (last ? "" : std::string(kGap, ' '));
  }
  titles.erase(titles.find_last_not_of(' ') + 1);
  out << style.Dim(titles) << "\n";
  for (size_t row = 0; row < table.rows.size(); row++) {
    out << std::string(kIndent, ' ');
    for (const Drawn& drawn : columns) {
      const bool last = &drawn == &columns.back();
      const std::string text = Fit(drawn, drawn.cells[row], last, style);
      const bool faint = drawn.kind == Kind::kShare || drawn.kind == Kind::kPlace;
      out << (faint ? style.Dim(text) : text) << (last ? "" : std::string(kGap, ' '));
    }
    out << "\n";
  }
  WriteOmitted(table, kIndent, style, out);
}

}  // namespace allocprof::view
