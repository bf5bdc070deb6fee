// SPDX-License-Identifier: Apache-2.0
#include "view/text_stacks.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/units.h"
#include "view/display_text.h"
#include "view/omitted.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

constexpr int kRankWidth = 5;    // "  12 "
constexpr int kBytesWidth = 13;  // "   1023.9 KiB"
constexpr int kWidestPlace = 40;

// A longer stack, a recursion say, shows this many lines at each end.
constexpr size_t kMostLines = 40;
constexpr size_t kInnerLines = 24;
constexpr size_t kOuterLines = 10;

struct Line {
  std::string bytes;
  std::string name;
  std::string place;
  bool folded = false;
};

std::string PlaceOf(const report::Frame& frame, const TextStyle& style) {
  if (frame.file.empty()) return Printable(frame.module, style.utf8());
  const std::string line = frame.line > 0 ? fmt::format(":{}", frame.line) : "";
  return Printable(ShownSource(frame.file), style.utf8()) + line;
}

Line OfFrame(const report::Frame& frame, const TextStyle& style) {
  Line line;
  if (frame.inlined) {
    line.bytes = "inline";
  } else if (frame.frame_bytes > 0) {
    line.bytes = (frame.frame_bytes_vary ? "~" : "") + BytesText(frame.frame_bytes);
  }
  if (frame.function.empty()) {
    line.name = frame.module.empty()
                    ? fmt::format("{:#x}", frame.offset)
                    : fmt::format("{}+{:#x}", Printable(frame.module, style.utf8()), frame.offset);
  } else {
    line.name = Printable(frame.function, style.utf8());
    // A name that is "module+offset" has said where.
    const bool named = !frame.module.empty() && frame.function.rfind(frame.module + "+", 0) == 0;
    if (!named || !frame.file.empty()) line.place = PlaceOf(frame, style);
  }
  return line;
}

// Innermost it is the allocator; further out, what calls back and what starts the program.
Line OfRun(const report::Frame* begin, const report::Frame* end, bool innermost) {
  const auto count = static_cast<uint64_t>(end - begin);
  uint64_t bytes = 0;
  for (const report::Frame* frame = begin; frame != end; frame++) bytes += frame->frame_bytes;
  Line line;
  if (bytes > 0) line.bytes = BytesText(bytes);
  line.name = fmt::format("[{} {} frame{}]", CountText(count), innermost ? "allocator" : "library",
                          count == 1 ? "" : "s");
  line.folded = true;
  return line;
}

// What is folded from `frame` on: plumbing, and the language's and the system's insides but for
// the function that the program's own code calls, or that calls it. Returns where it ends.
const report::Frame* EndOfFold(const report::Frame* frame, const report::Frame* end) {
  const report::Frame* run = frame;
  while (run != end && (run->system || run->plumbing)) run++;
  if (run == end || run == frame) return run;  // what starts the program; or nothing
  // run[-1] is called by the program: worth a line unless it is plumbing.
  if (!run[-1].plumbing) run--;
  return run;
}

std::vector<Line> LinesOf(const std::vector<report::Frame>& stack, const TextStyle& style) {
  std::vector<Line> lines;
  const report::Frame* end = stack.data() + stack.size();
  const bool all_system =
      std::all_of(stack.data(), end, [](const auto& f) { return f.system || f.plumbing; });
  for (const report::Frame* frame = stack.data(); frame != end;) {
    const report::Frame* run = frame;
    if (!style.show_plumbing() && all_system) {
      while (run != end && run->plumbing) run++;
    } else if (!style.show_plumbing()) {
      run = EndOfFold(frame, end);
    }
    // One frame of a library takes no more room than its summary.
    if (run == frame || (run == frame + 1 && !frame->plumbing)) {
      lines.push_back(OfFrame(*frame++, style));
    } else {
      lines.push_back(OfRun(frame, run, frame == stack.data()));
      frame = run;
    }
  }
  return lines;
}

void WriteLine(const Line& line, const TextStyle& style, std::ostream& out) {
  const int room = style.width() - kBytesWidth - 2;
  const std::string place = ElideStart(line.place, std::min(kWidestPlace, room / 2), style.utf8());
  const int place_width = DisplayWidth(place);
  const std::string name =
      ElideMiddle(line.name, place.empty() ? room : room - place_width - 2, style.utf8());
  out << style.Dim(PadLeft(line.bytes, kBytesWidth)) << "  "
      << (line.folded ? style.Dim(name) : name);
  if (!place.empty()) out << "  " << style.Dim(place);
  out << "\n";
}

// With a comma after each but the last.
std::vector<std::string> FiguresOf(const report::Report& report, const report::Table& table,
                                   size_t row, const TextStyle& style) {
  std::vector<std::string> figures;
  for (size_t i = 0; i < table.columns.size() && i < table.rows[row].size(); i++) {
    const report::Column& column = table.columns[i];
    const report::Value& value = table.rows[row][i];
    if (column.title.empty() || std::holds_alternative<std::monostate>(value)) continue;
    const std::optional<double> number = NumberOf(value);
    // The first figure stands even when it is 0; further zeros say nothing.
    if (!figures.empty() && number.has_value() && *number == 0) continue;
    const std::optional<double> total = TotalOf(report, column.key);
    const std::string share =
        number.has_value() && total.has_value() ? PercentText(*number, *total) : "";
    if (!figures.empty()) figures.back() += ",";
    figures.push_back(Phrase(column, value, style));
    if (!share.empty() && *number > 0 && *number <= *total)
      figures.back() += fmt::format(" ({})", share);
  }
  return figures;
}

}  // namespace

void WriteStackFrames(const std::vector<report::Frame>& stack, const TextStyle& style,
                      std::ostream& out) {
  const std::vector<Line> lines = LinesOf(stack, style);
  const bool cut = lines.size() > kMostLines;
  for (size_t i = 0; i < lines.size(); i++) {
    if (cut && i == kInnerLines) {
      const size_t hidden = lines.size() - kInnerLines - kOuterLines;
      out << std::string(kBytesWidth + 2, ' ')
          << style.Dim(fmt::format("{} {} frames", style.ellipsis(), CountText(uint64_t{hidden})))
          << "\n";
      i += hidden;
    }
    WriteLine(lines[i], style, out);
  }
}

void WriteTextStacks(const report::Report& report, const report::Table& table,
                     const TextStyle& style, std::ostream& out) {
  out << "\n" << style.Heading(table.title) << "\n";
  const std::string hint = "frame size  function, innermost first";
  out << style.Dim(PadLeft("", kBytesWidth - 10) + hint) << "\n";
  for (size_t row = 0; row < table.rows.size(); row++) {
    if (row > 0) out << "\n";
    std::string rank = PadRight(fmt::format("{:>3}", row + 1), kRankWidth);
    const int room = style.width() - kRankWidth;
    for (const std::string& line :
         WrapWords(FiguresOf(report, table, row, style), room, style.utf8())) {
      out << rank << style.Bold(line) << "\n";
      rank.assign(kRankWidth, ' ');
    }
    WriteStackFrames(table.stacks[row], style, out);
  }
  if (table.omitted_rows > 0) out << "\n";
  WriteOmitted(table, 2, style, out);
}

}  // namespace allocprof::view
