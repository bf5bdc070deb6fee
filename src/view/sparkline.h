// SPDX-License-Identifier: Apache-2.0
//
// A series drawn in characters: eighth blocks, or shades of ASCII.
//
// No errors. Thread-safety: functions without state.
#pragma once

#include <string>
#include <vector>

namespace allocprof::view {

struct Point {
  double x = 0;
  double y = 0;
};

// The largest y in each of `columns` equal parts of [0, end]: a short peak stays visible. A part
// without a point keeps the last y before it, since memory stays as it is between events.
// REQUIRES: points ascend in x.
std::vector<double> Resample(const std::vector<Point>& points, double end, int columns);

// `height` lines, topmost first, one character a value, from 0 to the largest value. What is above
// zero shows at least the smallest mark.
std::vector<std::string> Sparkline(const std::vector<double>& values, int height, bool utf8);

}  // namespace allocprof::view
