// SPDX-License-Identifier: Apache-2.0
#include "view/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "view/bar.h"
#include "view/display_text.h"
#include "view/omitted.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

constexpr int kIndent = 2;
constexpr int kGap = 2;
constexpr int kNarrowGap = 1;
// What code columns need to stand beside the figures, and the least they are cut to.
constexpr int kRoomyName = 32;
constexpr int kRoomyPlace = 20;
constexpr int kLeastName = 16;
constexpr int kBarWidth = 8;

enum class Kind { kFigure, kShare, kBar, kName, kCode, kPlace };

// One column as drawn; it may be made of two of the table (file and line) or of none (a share).
struct Drawn {
  Kind kind = Kind::kName;
  std::string title;                // as in the report, for messages
  std::vector<std::string> titles;  // in lines
  std::vector<std::string> cells;
  std::vector<double> shares;  // from 0 to 1, of kShare and kBar
  int width = 0;

  bool elastic() const { return kind == Kind::kCode || kind == Kind::kPlace; }
  bool right() const { return kind == Kind::kFigure || kind == Kind::kShare; }
};

bool IsFigure(const report::Table& table, size_t column) {
  switch (table.columns[column].unit) {
    case report::Unit::kCount:
    case report::Unit::kBytes:
    case report::Unit::kSeconds:
    case report::Unit::kShare:
      return true;
    case report::Unit::kText:
    case report::Unit::kLevel:
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
  if (part == "function" || part == "module" || part == "text" || part == "command")
    return Kind::kCode;
  return Kind::kName;
}

report::Value Cell(const std::vector<report::Value>& row, int column) {
  return column >= 0 && column < static_cast<int>(row.size()) ? row[column] : report::Value();
}

// Without a source, the module says where; a name with the module in it has said so.
std::string ModulePlace(const report::Table& table, const std::vector<report::Value>& row,
                        const TextStyle& style) {
  const report::Value module = Cell(row, report::FindColumn(table, "module"));
  if (!std::holds_alternative<std::string>(module)) return "";
  const std::string text = ValueText(module, report::Unit::kText, style);
  const report::Value function = Cell(row, report::FindColumn(table, "function"));
  const auto* name = std::get_if<std::string>(&function);
  return name == nullptr || name->find(std::get<std::string>(module)) != name->npos ? "" : text;
}

int LevelColumn(const report::Table& table) {
  for (size_t i = 0; i < table.columns.size(); i++) {
    if (table.columns[i].unit == report::Unit::kLevel) return static_cast<int>(i);
  }
  return -1;
}

// A long chain must not push the names away.
size_t LevelIndent(const report::Value& level) {
  constexpr double kDeepest = 12;
  return 2 * static_cast<size_t>(std::min(NumberOf(level).value_or(0), kDeepest));
}

Drawn Draw(const report::Table& table, size_t column, const TextStyle& style) {
  Drawn drawn;
  drawn.kind = KindOf(table, column);
  drawn.title = table.columns[column].title;
  const int line = drawn.kind == Kind::kPlace ? report::FindColumn(table, "line") : -1;
  const int module = drawn.kind == Kind::kCode && LastPart(table.columns[column].key) == "function"
                         ? report::FindColumn(table, "module")
                         : -1;
  const int level = drawn.kind == Kind::kCode ? LevelColumn(table) : -1;
  for (const auto& row : table.rows) {
    const report::Value value = Cell(row, static_cast<int>(column));
    std::string text = ValueText(value, table.columns[column].unit, style);
    if (drawn.kind == Kind::kPlace) {
      text = std::holds_alternative<std::string>(value) ? std::string(ShownSource(text))
                                                        : ModulePlace(table, row, style);
    }
    text.insert(0, LevelIndent(Cell(row, level)), ' ');
    const std::optional<double> number = NumberOf(Cell(row, line));
    if (line >= 0 && number.value_or(0) > 0 && std::holds_alternative<std::string>(value)) {
      text += ":" + ValueText(Cell(row, line), report::Unit::kNone, style);
    }
    const report::Value where = Cell(row, module);
    if (!std::holds_alternative<std::string>(value) && std::holds_alternative<std::string>(where)) {
      text = "[" + ValueText(where, report::Unit::kText, style) + "]";
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
    drawn.shares.push_back(part.value_or(0) / total);
  }
  return drawn;
}

Drawn DrawBar(const Drawn& share, const TextStyle& style) {
  Drawn drawn;
  drawn.kind = Kind::kBar;
  drawn.shares = share.shares;
  for (const double part : share.shares) drawn.cells.push_back(Bar(part, kBarWidth, style.utf8()));
  return drawn;
}

// A title wider than its cells goes into two lines where it has a space.
void Measure(Drawn* drawn) {
  drawn->width = 0;
  for (const std::string& cell : drawn->cells) {
    drawn->width = std::max(drawn->width, DisplayWidth(cell));
  }
  drawn->titles = {drawn->title};
  const size_t space = drawn->title.find(' ');
  if (DisplayWidth(drawn->title) > drawn->width && space != std::string::npos) {
    drawn->titles = {drawn->title.substr(0, space), drawn->title.substr(space + 1)};
  }
  for (const std::string& title : drawn->titles) {
    drawn->width = std::max(drawn->width, DisplayWidth(title));
  }
}

bool AllZero(const report::Table& table, size_t column) {
  const auto zero = [&](const std::vector<report::Value>& row) {
    return column >= row.size() || NumberOf(row[column]).value_or(0) == 0;
  };
  return std::all_of(table.rows.begin(), table.rows.end(), zero) && zero(table.omitted);
}

int WidthOf(const std::vector<Drawn>& columns, int gap = kGap) {
  int width = kIndent - gap;
  for (const Drawn& drawn : columns) width += drawn.width + gap;
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

// A total of the same name may leave out what a column counts.
bool ArePartsOf(const report::Table& table, size_t column, double total) {
  return std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
    return column >= row.size() || NumberOf(row[column]).value_or(0) <= total;
  });
}

struct Layout {
  std::vector<Drawn> columns;       // on the first line of a row
  std::vector<Drawn> code;          // on a line below it; empty where they stand beside the figures
  std::vector<std::string> hidden;  // titles for which there is no room
  int gap = kGap;
};

int Wanted(const std::vector<Drawn>& code) {
  int wanted = 0;
  for (const Drawn& drawn : code) {
    const int roomy = drawn.kind == Kind::kPlace ? kRoomyPlace : kRoomyName;
    wanted += std::min(drawn.width, roomy) + kGap;
  }
  return wanted;
}

Layout LayOut(const report::Report& report, const report::Table& table, const TextStyle& style) {
  Layout layout;
  std::vector<Drawn>& figures = layout.columns;
  std::vector<std::pair<size_t, Drawn>> shares;  // where among the figures each would stand
  for (size_t i = 0; i < table.columns.size(); i++) {
    if (table.columns[i].title.empty()) continue;
    if (LastPart(table.columns[i].key) == "line" && report::FindColumn(table, "file") >= 0)
      continue;
    Drawn drawn = Draw(table, i, style);
    Measure(&drawn);
    const bool nowhere = std::all_of(drawn.cells.begin(), drawn.cells.end(),
                                     [](const std::string& cell) { return cell.empty(); });
    if (drawn.kind == Kind::kPlace && nowhere) continue;
    const bool figure = drawn.kind == Kind::kFigure;
    const bool first = std::none_of(figures.begin(), figures.end(),
                                    [](const Drawn& d) { return d.kind == Kind::kFigure; });
    if (figure && !first && AllZero(table, i)) continue;
    (drawn.elastic() ? layout.code : figures).push_back(std::move(drawn));
    const std::optional<double> total =
        figure ? TotalOf(report, table.columns[i].key) : std::nullopt;
    if (!total.has_value() || !ArePartsOf(table, i, *total)) continue;
    shares.emplace_back(figures.size(), DrawShare(table, i, *total));
    Measure(&shares.back().second);
  }
  if (LevelColumn(table) >= 0 && !layout.code.empty()) {
    // The rows are a tree: its names come first, and figures make room for them.
    shares.clear();
    figures.insert(figures.begin(), std::move(layout.code.front()));
    layout.code.erase(layout.code.begin());
    const int room = style.width() - WidthOf(figures) + figures.front().width;
    figures.front().width = std::min(figures.front().width, std::max(room, kRoomyName));
  }
  const bool beside = WidthOf(figures) + Wanted(layout.code) <= style.width();
  // Names are worth more than shares, and the share of the first figure most of these.
  const int wanted = beside ? Wanted(layout.code) : 0;
  size_t inserted = 0;
  for (auto& [at, share] : shares) {
    if (WidthOf(figures) + kGap + share.width + wanted > style.width()) break;
    figures.insert(figures.begin() + static_cast<ptrdiff_t>(at + inserted), std::move(share));
    inserted++;
  }
  // A bar for the first figure, where there is room to spare.
  if (!shares.empty() && inserted == shares.size() &&
      WidthOf(figures) + kGap + kBarWidth + wanted <= style.width()) {
    const auto at = figures.begin() + static_cast<ptrdiff_t>(shares.front().first) + 1;
    Drawn bar = DrawBar(*(at - 1), style);
    Measure(&bar);
    bar.width = kBarWidth;
    figures.insert(at, std::move(bar));
  }
  if (beside) {
    std::move(layout.code.begin(), layout.code.end(), std::back_inserter(figures));
    layout.code.clear();
    Shrink(&figures, style.width());
  }
  if (WidthOf(figures) > style.width()) layout.gap = kNarrowGap;
  while (figures.size() > 1 && WidthOf(figures, layout.gap) > style.width()) {
    layout.hidden.insert(layout.hidden.begin(), figures.back().title);
    figures.pop_back();
  }
  return layout;
}

std::string Fit(const Drawn& drawn, const std::string& text, bool last, const TextStyle& style) {
  if (drawn.right()) return PadLeft(text, drawn.width);
  const std::string cut = drawn.kind == Kind::kPlace ? ElideStart(text, drawn.width, style.utf8())
                                                     : ElideMiddle(text, drawn.width, style.utf8());
  return last ? cut : PadRight(cut, drawn.width);
}

void WriteTitles(const std::vector<Drawn>& columns, int gap, const TextStyle& style,
                 std::ostream& out) {
  size_t height = 1;
  for (const Drawn& drawn : columns) height = std::max(height, drawn.titles.size());
  for (size_t line = 0; line < height; line++) {
    std::string titles(kIndent, ' ');
    for (const Drawn& drawn : columns) {
      const size_t above = height - drawn.titles.size();  // titles stand at the bottom
      titles += Fit(drawn, line < above ? "" : drawn.titles[line - above], false, style);
      titles.append(gap, ' ');
    }
    titles.erase(titles.find_last_not_of(' ') + 1);
    out << style.Dim(titles) << "\n";
  }
}

void WriteCells(const std::vector<Drawn>& columns, size_t row, int gap, const TextStyle& style,
                std::ostream& out) {
  // No line ends in spaces.
  size_t used = columns.size();
  while (used > 1 && columns[used - 1].cells[row].empty()) used--;
  for (size_t i = 0; i < used; i++) {
    const Drawn& drawn = columns[i];
    const bool last = i + 1 == used;
    const std::string text = Fit(drawn, drawn.cells[row], last, style);
    std::string painted = drawn.kind == Kind::kPlace ? style.Dim(text) : text;
    if (!drawn.shares.empty()) painted = style.Weight(text, drawn.shares[row]);
    out << painted << (last ? "" : std::string(gap, ' '));
  }
  out << "\n";
}

// Code that has a line of its own: as long as the width allows, not aligned.
void WriteCode(std::vector<Drawn> code, size_t row, const TextStyle& style, std::ostream& out) {
  for (Drawn& drawn : code) drawn.width = DisplayWidth(drawn.cells[row]);
  Shrink(&code, style.width() - kIndent);
  out << std::string(2 * kIndent, ' ');
  WriteCells(code, row, kGap, style, out);
}

}  // namespace

void WriteTextTable(const report::Report& report, const report::Table& table,
                    const TextStyle& style, std::ostream& out) {
  const Layout layout = LayOut(report, table, style);
  if (layout.columns.empty() && layout.code.empty()) return;
  out << "\n" << style.Heading(table.title) << "\n";
  WriteTitles(layout.columns, layout.gap, style, out);
  for (size_t row = 0; row < table.rows.size(); row++) {
    out << std::string(kIndent, ' ');
    WriteCells(layout.columns, row, layout.gap, style, out);
    if (!layout.code.empty()) WriteCode(layout.code, row, style, out);
  }
  WriteOmitted(table, kIndent, style, out);
  if (layout.hidden.empty()) return;
  const std::string hidden =
      fmt::format("(too narrow to show: {})", fmt::join(layout.hidden, ", "));
  out << std::string(kIndent, ' ') << style.Dim(ElideMiddle(hidden, style.width(), style.utf8()))
      << "\n";
}

}  // namespace allocprof::view
