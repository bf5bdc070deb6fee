// SPDX-License-Identifier: Apache-2.0
#include "view/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "view/display_text.h"
#include "view/text_advice.h"
#include "view/text_prose.h"
#include "view/text_stacks.h"
#include "view/text_style.h"
#include "view/text_table.h"
#include "view/text_timeline.h"
#include "view/text_tree.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

// What the first line says of the process, so that no block repeats it.
constexpr std::array<std::string_view, 10> kHeaderKeys = {
    "exe",       "argv",        "pid",      "duration_s", "ended",
    "exit.code", "exit.signal", "complete", "start",      "processes"};

bool InHeader(const std::string& key) {
  return std::find(kHeaderKeys.begin(), kHeaderKeys.end(), key) != kHeaderKeys.end();
}

report::Value ValueOf(const report::ScalarGroup& group, const std::string& key) {
  const report::Scalar* scalar = report::FindScalar(group, key);
  return scalar == nullptr ? report::Value() : scalar->value;
}

bool Known(const report::Value& value) { return !std::holds_alternative<std::monostate>(value); }

// The program's base name and its arguments.
std::string CommandLine(const report::ScalarGroup& process, const TextStyle& style) {
  std::string line = ValueText(ValueOf(process, "exe"), report::Unit::kText, style);
  line = line.substr(line.rfind('/') + 1);
  const report::Value argv = ValueOf(process, "argv");
  if (const auto* words = std::get_if<std::vector<std::string>>(&argv)) {
    for (size_t i = 1; i < words->size(); i++) line += " " + Printable((*words)[i], style.utf8());
  }
  const double processes = NumberOf(ValueOf(process, "processes")).value_or(1);
  if (processes == 2) return line + " and one more process";
  if (processes > 2) line += fmt::format(" and {:.0f} more processes", processes - 1);
  return line;
}

std::string Ending(const report::ScalarGroup& process, const TextStyle& style) {
  const report::Value signal = ValueOf(process, "exit.signal");
  if (Known(signal)) return "killed by signal " + ValueText(signal, report::Unit::kNone, style);
  const report::Value ended = ValueOf(process, "ended");
  const std::string how = Known(ended) ? ValueText(ended, report::Unit::kText, style) : "";
  const report::Value code = ValueOf(process, "exit.code");
  if (Known(code)) {
    const std::string status = ValueText(code, report::Unit::kNone, style);
    return how.empty() || how == "exit" ? "exited with " + status : how + " with " + status;
  }
  return how.empty() ? "its end was not recorded" : how;
}

void WriteHeader(const report::ScalarGroup& process, const TextStyle& style, std::ostream& out) {
  std::vector<std::string> facts;
  const report::Value pid = ValueOf(process, "pid");
  const report::Value duration = ValueOf(process, "duration_s");
  if (Known(pid)) facts.push_back("pid " + ValueText(pid, report::Unit::kNone, style));
  if (Known(duration)) facts.push_back(ValueText(duration, report::Unit::kSeconds, style));
  facts.push_back(Ending(process, style));
  std::string text;
  for (const std::string& fact : facts) text += style.dot() + fact;

  const int room = style.width() - DisplayWidth(text);
  const std::string command =
      ElideMiddle(CommandLine(process, style), std::max(room, style.width() / 3), style.utf8());
  out << style.Bold(command) << text << "\n";
}

// "8,598,323 bytes" beside "8.2 MiB", the share beside a kind of allocation.
std::string Extra(const report::Report& report, const report::Scalar& scalar) {
  const uint64_t* number = std::get_if<uint64_t>(&scalar.value);
  if (number == nullptr || *number == 0) return "";
  if (scalar.unit == report::Unit::kBytes) {
    return *number >= 1024 ? CountText(*number) + " bytes" : "";
  }
  const std::string_view part = LastPart(scalar.key);
  const bool kind = part != "allocations" && part != "failed_allocations" &&
                    (part.ends_with("allocations") || part.starts_with("reallocations"));
  if (scalar.unit != report::Unit::kCount || !kind) return "";
  const std::optional<double> total = TotalOf(report, "allocations");
  return total.has_value() ? PercentText(static_cast<double>(*number), *total) : "";
}

// `opens`: nothing stands above it.
void WriteGroup(const report::Report& report, const report::ScalarGroup& group, bool opens,
                const TextStyle& style, std::ostream& out) {
  struct Row {
    std::string title, value, extra;
  };
  std::vector<Row> rows;
  int title_width = 0, value_width = 0;
  for (const report::Scalar& scalar : group.scalars) {
    if (scalar.title.empty() || (group.key == "process" && InHeader(scalar.key))) continue;
    rows.push_back(
        {scalar.title, ValueText(scalar.value, scalar.unit, style), Extra(report, scalar)});
    title_width = std::max(title_width, DisplayWidth(scalar.title));
    // A long text, a path say, must not push the figures away.
    if (NumberOf(scalar.value).has_value()) {
      value_width = std::max(value_width, DisplayWidth(rows.back().value));
    }
  }
  if (rows.empty()) return;
  if (!opens) out << "\n";
  if (!group.title.empty()) out << style.Heading(group.title) << "\n";
  for (const Row& row : rows) {
    const int room = std::max(style.width() - title_width - 4, value_width);
    out << "  " << PadRight(row.title, title_width) << "  "
        << PadLeft(ElideMiddle(row.value, room, style.utf8()), value_width);
    if (!row.extra.empty()) out << "  " << style.Dim(row.extra);
    out << "\n";
  }
}

// What the report is about comes first; how far to trust it, last.
bool IsOpening(const report::ScalarGroup& group) {
  static constexpr const char* kKeys[] = {"process", "program", "selection",
                                          "window",  "totals",  "at"};
  return std::find(std::begin(kKeys), std::end(kKeys), group.key) != std::end(kKeys);
}

void WriteNotes(const std::vector<std::string>& notes, const TextStyle& style, std::ostream& out) {
  if (notes.empty()) return;
  out << "\n" << style.Heading("Notes") << "\n";
  for (const std::string& note : notes) {
    std::string mark = style.bullet();
    for (const std::string& line :
         Wrap(Printable(note, style.utf8()), style.width() - 4, style.utf8())) {
      out << "  " << style.Warning(mark) << line << "\n";
      mark = "  ";
    }
  }
}

}  // namespace

void WriteText(const report::Report& report, const TextOptions& options, std::ostream& out) {
  const TextStyle style(options);
  const report::ScalarGroup* process = report::FindGroup(report, "process");
  bool opens = process == nullptr;
  if (process != nullptr) WriteHeader(*process, style, out);
  for (const report::ScalarGroup& group : report.groups) {
    if (!IsOpening(group)) continue;
    WriteGroup(report, group, opens, style, out);
    opens = false;
  }
  for (const report::Table& table : report.tables) {
    if (table.series) WriteTextTimeline(report, table, style, out);
  }
  for (const report::Table& table : report.tables) {
    if (table.series || (table.rows.empty() && table.omitted_rows == 0)) continue;
    if (table.tree) {
      WriteTextTree(report, table, style, out);
    } else if (table.key == "advice") {
      WriteTextAdvice(report, table, style, out);
    } else if (table.prose) {
      WriteTextProse(table, style, out);
    } else if (table.stacks.size() == table.rows.size() && !table.rows.empty()) {
      WriteTextStacks(report, table, style, out);
    } else {
      WriteTextTable(report, table, style, out);
    }
  }
  for (const report::ScalarGroup& group : report.groups) {
    if (!IsOpening(group)) WriteGroup(report, group, opens, style, out);
  }
  WriteNotes(report.notes, style, out);
}

}  // namespace allocprof::view
