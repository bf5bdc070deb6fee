// SPDX-License-Identifier: Apache-2.0
#include "view/text_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/units.h"
#include "view/bar.h"
#include "view/display_text.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

constexpr int kShareWidth = 7;
constexpr int kBarWidth = 10;
constexpr int kWidestPlace = 40;
constexpr int kLeastPlace = 12;
constexpr int kRoomForBar = 100;  // columns of a terminal from which on there is a bar

struct Line {
  size_t row;
  std::string indent;  // with the branch drawn
  uint64_t cut = 0;    // branches below it that are not shown
  double cut_total = 0;
};

class Tree {
 public:
  Tree(const report::Table& table, const TextStyle& style) : table_(table), style_(style) {
    rest_ = report::FindColumn(table, "rest");
    for (size_t i = 0; i < table.columns.size(); i++) {
      if (table.columns[i].title.empty()) continue;
      if (table.columns[i].key.starts_with("total.")) total_ = static_cast<int>(i);
      if (table.columns[i].key.starts_with("self.")) self_ = static_cast<int>(i);
    }
  }

  std::vector<Line> Lines() {
    AddChildren(0, "", nullptr);
    return std::move(lines_);
  }
  int total() const { return total_; }
  int self() const { return self_; }
  double Number(size_t row, int column) const {
    if (column < 0) return 0;
    return NumberOf(table_.rows[row][static_cast<size_t>(column)]).value_or(0);
  }
  // Of the first level.
  uint64_t cut() const { return cut_; }
  double cut_total() const { return cut_total_; }

 private:
  uint64_t DepthOf(size_t row) const { return static_cast<uint64_t>(Number(row, 0)); }

  // Rows from `row` on that are at its depth, siblings all.
  std::vector<size_t> Siblings(size_t row) const {
    std::vector<size_t> found;
    const uint64_t depth = row < table_.rows.size() ? DepthOf(row) : 0;
    for (; row < table_.rows.size() && DepthOf(row) >= depth; row++) {
      if (DepthOf(row) == depth) found.push_back(row);
    }
    return found;
  }

  // `indent` is that of lines below the parent.
  void AddChildren(size_t first, const std::string& indent, Line* parent) {
    std::vector<size_t> shown;
    for (const size_t row : Siblings(first)) {
      if (Number(row, rest_) == 0) {
        shown.push_back(row);
      } else {
        (parent != nullptr ? parent->cut : cut_) += static_cast<uint64_t>(Number(row, rest_));
        (parent != nullptr ? parent->cut_total : cut_total_) += Number(row, total_);
      }
    }
    const bool branches = shown.size() > 1 && parent != nullptr;
    for (const size_t row : shown) {
      const bool last = row == shown.back();
      std::string own = indent, below = indent;
      if (branches) {
        own += style_.utf8() ? (last ? "└ " : "├ ") : (last ? "` " : "+ ");
        below += last ? "  " : (style_.utf8() ? "│ " : "| ");
      }
      const size_t at = lines_.size();
      lines_.push_back({row, own, 0, 0});
      const size_t child = row + 1;
      if (child >= table_.rows.size() || DepthOf(child) <= DepthOf(row)) continue;
      Line line = lines_[at];
      AddChildren(child, below, &line);
      lines_[at] = line;
    }
  }

  const report::Table& table_;
  const TextStyle& style_;
  int rest_ = -1, total_ = -1, self_ = -1;
  std::vector<Line> lines_;
  uint64_t cut_ = 0;
  double cut_total_ = 0;
};

std::string Cell(const report::Table& table, size_t row, const char* key, const TextStyle& style) {
  const int column = report::FindColumn(table, key);
  if (column < 0) return "";
  const report::Value& value = table.rows[row][static_cast<size_t>(column)];
  if (std::holds_alternative<std::monostate>(value)) return "";
  return ValueText(value, report::Unit::kNone, style);
}

std::string PlaceOf(const report::Table& table, size_t row, const TextStyle& style) {
  const std::string file = Cell(table, row, "file", style);
  const std::string module = Cell(table, row, "module", style);
  if (!file.empty()) {
    const std::string line = Cell(table, row, "line", style);
    const std::string shown(ShownSource(file));
    return line.empty() ? shown : shown + ":" + line;
  }
  // A name that is "module+offset" has said where.
  const bool named = Cell(table, row, "function", style).rfind(module + "+", 0) == 0;
  return named ? "" : module;
}

std::string CutText(uint64_t branches, double total, double whole, const TextStyle& style) {
  return fmt::format("{} {} smaller, {}", style.ellipsis(), CountText(branches),
                     PercentText(total, whole));
}

}  // namespace

void WriteTextTree(const report::Report& report, const report::Table& table, const TextStyle& style,
                   std::ostream& out) {
  Tree tree(table, style);
  const std::vector<Line> lines = tree.Lines();
  if (lines.empty() || tree.total() < 0 || tree.self() < 0) return;
  const report::Column& column = table.columns[static_cast<size_t>(tree.total())];
  const double whole = TotalOf(report, column.key).value_or(0);
  const auto figure = [&](size_t row, int at) {
    return ValueText(table.rows[row][static_cast<size_t>(at)], column.unit, style);
  };
  const std::string& self_title = table.columns[static_cast<size_t>(tree.self())].title;
  int total_width = DisplayWidth(column.title), self_width = DisplayWidth(self_title);
  for (const Line& line : lines) {
    total_width = std::max(total_width, DisplayWidth(figure(line.row, tree.total())));
    self_width = std::max(self_width, DisplayWidth(figure(line.row, tree.self())));
  }
  const int bar_width = style.width() >= kRoomForBar ? kBarWidth : 0;
  const int figures =
      kShareWidth + 2 + total_width + 2 + self_width + 2 + (bar_width > 0 ? bar_width + 2 : 0);
  const int room = std::max(style.width() - figures, 16);

  out << "\n" << style.Heading(table.title) << "\n";
  out << style.Dim(std::string(kShareWidth + 2, ' ') + PadLeft(column.title, total_width) + "  " +
                   PadLeft(self_title, self_width))
      << "\n";
  for (const Line& line : lines) {
    const double total = tree.Number(line.row, tree.total());
    const double share = whole > 0 ? total / whole : 0;
    const std::string self =
        tree.Number(line.row, tree.self()) > 0 ? figure(line.row, tree.self()) : "";
    out << style.Weight(PadLeft(PercentText(total, whole), kShareWidth), share) << "  "
        << PadLeft(figure(line.row, tree.total()), total_width) << "  " << PadLeft(self, self_width)
        << "  ";
    if (bar_width > 0) {
      out << style.Weight(PadRight(Bar(share, bar_width, style.utf8()), bar_width), share) << "  ";
    }
    // Deep branches keep their own last columns.
    const std::string indent = ElideStart(line.indent, room / 2, style.utf8());
    const int left = room - DisplayWidth(indent);
    const std::string cut =
        line.cut == 0 || left < 48 ? "" : CutText(line.cut, line.cut_total, whole, style);
    std::string place = PlaceOf(table, line.row, style);
    const int spare = left - (cut.empty() ? 0 : DisplayWidth(cut) + 2);
    std::string name = Cell(table, line.row, "function", style);
    // Names are worth more than places.
    const int beside = std::max(spare - DisplayWidth(name) - 2, spare / 4);
    place =
        beside < kLeastPlace ? "" : ElideStart(place, std::min(kWidestPlace, beside), style.utf8());
    name = ElideMiddle(name, place.empty() ? spare : spare - DisplayWidth(place) - 2, style.utf8());
    out << style.Dim(indent) << (tree.Number(line.row, tree.self()) > 0 ? style.Bold(name) : name);
    if (!place.empty()) out << "  " << style.Dim(place);
    if (!cut.empty()) out << "  " << style.Dim(cut);
    out << "\n";
  }
  if (tree.cut() != 0) {
    out << std::string(2, ' ') << style.Dim(CutText(tree.cut(), tree.cut_total(), whole, style))
        << "\n";
  }
}

}  // namespace allocprof::view
