// SPDX-License-Identifier: Apache-2.0
#include "view/text_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/units.h"
#include "view/display_text.h"
#include "view/text_stacks.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

constexpr size_t kBrief = 5;
constexpr int kRankWidth = 5;  // "  12 "

class Row {
 public:
  Row(const report::Table& table, size_t row) : table_(table), row_(table.rows[row]) {}

  const report::Value& operator[](const char* key) const {
    static const report::Value kNone;
    const int at = report::FindColumn(table_, key);
    return at >= 0 && static_cast<size_t>(at) < row_.size() ? row_[static_cast<size_t>(at)] : kNone;
  }
  std::string Text(const char* key, const TextStyle& style) const {
    const auto* text = std::get_if<std::string>(&(*this)[key]);
    return text != nullptr ? Printable(*text, style.utf8()) : "";
  }
  uint64_t Number(const char* key) const {
    const auto* number = std::get_if<uint64_t>(&(*this)[key]);
    return number != nullptr ? *number : 0;
  }

 private:
  const report::Table& table_;
  const std::vector<report::Value>& row_;
};

// "saves 48,660 allocations (2.4 %), about 3.2 ms"
std::string Savings(const Row& row, const TextStyle& style) {
  std::string text;
  if (const uint64_t allocations = row.Number("saves.allocations"); allocations != 0) {
    text = fmt::format("{} allocation{}", CountText(allocations), allocations == 1 ? "" : "s");
    if (const auto* share = std::get_if<double>(&row["saves.allocations_share"])) {
      text += fmt::format(" ({})", PercentText(*share, 1));
    }
    if (const auto* time = std::get_if<double>(&row["saves.time_s"])) {
      text += fmt::format(", about {}", SecondsText(*time, !style.utf8()));
    }
  } else if (const uint64_t bytes = row.Number("saves.bytes"); bytes != 0) {
    text = BytesText(bytes);
  }
  return text.empty() ? text : "saves " + text;
}

void WriteParagraph(const std::string& text, const TextStyle& style, std::ostream& out) {
  for (const std::string& line : Wrap(text, style.width() - kRankWidth, style.utf8())) {
    out << std::string(kRankWidth, ' ') << line << "\n";
  }
}

void WriteRow(const report::Table& table, size_t index, const TextStyle& style, std::ostream& out) {
  const Row row(table, index);
  const int room = style.width() - kRankWidth;
  std::string function = row.Text("function", style);
  if (function.empty()) function = "the program";
  std::string place = row.Text("file", style);
  if (!place.empty() && row.Number("line") != 0) place += fmt::format(":{}", row.Number("line"));
  const std::string head = fmt::format("{} {}", function, row.Text("title", style));
  out << PadRight(fmt::format("{:>3}", index + 1), kRankWidth)
      << style.Bold(ElideMiddle(head, room, style.utf8())) << "\n";
  std::vector<std::string> facts = {"[" + row.Text("rule", style) + "]"};
  if (const std::string saves = Savings(row, style); !saves.empty()) facts.push_back(saves);
  if (!place.empty()) facts.push_back(place);
  if (const std::string idiom = row.Text("idiom", style); !idiom.empty()) facts.push_back(idiom);
  WriteParagraph(fmt::format("{}", fmt::join(facts, style.dot())), style, out);
  if (const std::string source = row.Text("source", style); !source.empty()) {
    const std::string line = fmt::format("{} | {}", row.Number("line"), source);
    out << std::string(kRankWidth, ' ') << style.Dim(ElideMiddle(line, room, style.utf8())) << "\n";
  }
  WriteParagraph(row.Text("why", style), style, out);
  WriteParagraph(row.Text("text", style), style, out);
  if (style.long_advice() && index < table.stacks.size()) {
    WriteStackFrames(table.stacks[index], style, out);
  }
}

}  // namespace

void WriteTextAdvice(const report::Report&, const report::Table& table, const TextStyle& style,
                     std::ostream& out) {
  out << "\n" << style.Heading(table.title) << "\n";
  const size_t shown =
      style.long_advice() ? table.rows.size() : std::min(table.rows.size(), kBrief);
  for (size_t row = 0; row < shown; row++) {
    if (row > 0) out << "\n";
    WriteRow(table, row, style, out);
  }
  const uint64_t more = table.rows.size() - shown + table.omitted_rows;
  if (more == 0) return;
  out << "\n  "
      << style.Dim(fmt::format("{} more piece{} of advice{}", CountText(more), more == 1 ? "" : "s",
                               style.long_advice() ? " (--top 0 shows all)"
                                                   : ": allocprof advise shows them, with stacks"))
      << "\n";
}

}  // namespace allocprof::view
