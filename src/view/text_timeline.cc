// SPDX-License-Identifier: Apache-2.0
#include "view/text_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "view/display_text.h"
#include "view/sparkline.h"
#include "view/value_text.h"

namespace allocprof::view {
namespace {

constexpr int kIndent = 2;
constexpr int kChartHeight = 3;
constexpr int kChartHeightAlone = 10;  // in a report on the timeline itself
constexpr int kLeastChart = 16;
constexpr int kWidestChart = 100;

struct Series {
  std::string title;
  std::string peak;
  std::vector<Point> points;
};

std::optional<double> TotalsNumber(const report::Report& report, const std::string& key) {
  const report::ScalarGroup* totals = report::FindGroup(report, "totals");
  const report::Scalar* scalar = totals == nullptr ? nullptr : report::FindScalar(*totals, key);
  return scalar == nullptr ? std::nullopt : NumberOf(scalar->value);
}

// A filter leaves its share in the totals; the series is of the process.
std::optional<double> WholePeak(const report::Report& report) {
  const report::ScalarGroup* selection = report::FindGroup(report, "selection");
  const report::Scalar* whole =
      selection == nullptr ? nullptr : report::FindScalar(*selection, "whole.peak_bytes");
  return whole == nullptr ? TotalsNumber(report, "peak_bytes") : NumberOf(whole->value);
}

std::vector<Point> PointsOf(const report::Table& table, size_t column) {
  std::vector<Point> points;
  for (const auto& row : table.rows) {
    if (column >= row.size()) continue;
    const std::optional<double> x = NumberOf(row[0]);
    const std::optional<double> y = NumberOf(row[column]);
    if (x.has_value() && y.has_value()) points.push_back({*x, *y});
  }
  return points;
}

std::string PeakText(const report::Report& report, const report::Column& column,
                     const std::vector<Point>& points, const TextStyle& style) {
  const auto largest = std::max_element(points.begin(), points.end(),
                                        [](const Point& a, const Point& b) { return a.y < b.y; });
  double peak = largest->y, time = largest->x;
  const std::optional<double> exact = WholePeak(report);
  const std::optional<double> exact_time = TotalsNumber(report, "peak_time_s");
  if (column.key == "live_bytes" && exact.has_value() && exact_time.has_value()) {
    peak = *exact;
    time = *exact_time;
  }
  return fmt::format("peak {} at {}", ValueText(peak, column.unit, style),
                     SecondsText(time, !style.utf8()));
}

std::vector<Series> SeriesOf(const report::Report& report, const report::Table& table,
                             const TextStyle& style) {
  std::vector<Series> all;
  for (size_t i = 1; i < table.columns.size(); i++) {
    const report::Column& column = table.columns[i];
    if (column.title.empty() || column.unit == report::Unit::kText) continue;
    std::vector<Point> points = PointsOf(table, i);
    if (points.empty()) continue;
    all.push_back({column.title, PeakText(report, column, points, style), std::move(points)});
  }
  return all;
}

double EndOf(const report::Report& report, const std::vector<Series>& all) {
  double end = 0;
  for (const Series& series : all) end = std::max(end, series.points.back().x);
  const report::ScalarGroup* process = report::FindGroup(report, "process");
  const report::Scalar* duration =
      process == nullptr ? nullptr : report::FindScalar(*process, "duration_s");
  const std::optional<double> seconds =
      duration == nullptr ? std::nullopt : NumberOf(duration->value);
  return std::max(end, seconds.value_or(0));
}

}  // namespace

void WriteTextTimeline(const report::Report& report, const report::Table& table,
                       const TextStyle& style, std::ostream& out) {
  const std::vector<Series> all = SeriesOf(report, table, style);
  if (all.empty()) return;
  int title_width = 0, peak_width = 0;
  for (const Series& series : all) {
    title_width = std::max(title_width, DisplayWidth(series.title));
    peak_width = std::max(peak_width, DisplayWidth(series.peak));
  }
  const int chart_width =
      std::clamp(style.width() - kIndent - title_width - peak_width - 4, kLeastChart, kWidestChart);
  const double end = EndOf(report, all);

  out << "\n" << style.Heading(table.title) << "\n";
  int height = report::FindTable(report, "intervals") ? kChartHeightAlone : kChartHeight;
  for (const Series& series : all) {
    const std::vector<double> values = Resample(series.points, end, chart_width);
    const std::vector<std::string> lines = Sparkline(values, height, style.utf8());
    for (size_t i = 0; i < lines.size(); i++) {
      const bool last = i + 1 == lines.size();
      std::string line = lines[i];
      if (!last) line.erase(line.find_last_not_of(' ') + 1);
      out << std::string(kIndent, ' ') << PadRight(last ? series.title : "", title_width) << "  "
          << style.Chart(line) << (last ? "  " + series.peak : "") << "\n";
    }
    height = 1;
  }
  const std::string until = SecondsText(end, !style.utf8());
  out << std::string(kIndent + title_width + 2, ' ')
      << style.Dim("0 s" + PadLeft(until, chart_width - 3)) << "\n";
}

}  // namespace allocprof::view
