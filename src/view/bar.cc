// SPDX-License-Identifier: Apache-2.0
#include "view/bar.h"

#include <algorithm>
#include <cmath>

namespace allocprof::view {

std::string Bar(double share, int width, bool utf8) {
  static const char* const kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(share > 0) || width <= 0) return "";
  const double length = std::min(share, 1.0) * width;
  if (!utf8) {
    return std::string(static_cast<size_t>(std::max(1L, std::lround(length))), '#');
  }
  const auto eighths = static_cast<int>(std::max(1L, std::lround(length * 8)));
  std::string bar;
  for (int i = 0; i < eighths / 8; i++) bar += "█";
  return bar + kEighths[eighths % 8];
}

}  // namespace allocprof::view
