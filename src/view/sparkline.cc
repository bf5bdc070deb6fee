// SPDX-License-Identifier: Apache-2.0
#include "view/sparkline.h"

#include <algorithm>
#include <cmath>

namespace allocprof::view {
namespace {

// From empty to full.
const std::vector<std::string>& Levels(bool utf8, int height) {
  static const std::vector<std::string> blocks = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static const std::vector<std::string> shades = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
  // In a taller chart shades would not read as heights.
  static const std::vector<std::string> heights = {" ", ".", ":", "#"};
  return utf8 ? blocks : height == 1 ? shades : heights;
}

}  // namespace

std::vector<double> Resample(const std::vector<Point>& points, double end, int columns) {
  std::vector<double> values(std::max(columns, 0), 0);
  if (values.empty() || points.empty()) return values;
  const double step = end > 0 ? end / columns : 1;
  double last = 0;
  size_t next = 0;
  for (size_t column = 0; column < values.size(); column++) {
    const bool last_column = column + 1 == values.size();
    const double until = step * static_cast<double>(column + 1);
    double largest = last;
    bool any = false;
    for (; next < points.size() && (last_column || points[next].x < until); next++) {
      largest = any ? std::max(largest, points[next].y) : points[next].y;
      last = points[next].y;
      any = true;
    }
    values[column] = largest;
  }
  return values;
}

std::vector<std::string> Sparkline(const std::vector<double>& values, int height, bool utf8) {
  const std::vector<std::string>& levels = Levels(utf8, height);
  const int full = static_cast<int>(levels.size()) - 1;
  const double largest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  std::vector<std::string> lines(height);
  for (const double value : values) {
    int marks = 0;
    if (largest > 0 && value > 0) {
      marks = std::max(1, static_cast<int>(std::lround(value / largest * full * height)));
    }
    for (int line = 0; line < height; line++) {
      const int below = (height - 1 - line) * full;
      lines[line] += levels[std::clamp(marks - below, 0, full)];
    }
  }
  return lines;
}

}  // namespace allocprof::view
