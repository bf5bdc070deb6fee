// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace allocprof {
namespace {

std::string WithSeparators(std::string digits) {
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(at, ",");
  return digits;
}

std::string Fixed(double value, int decimals) {
  std::array<char, 64> buffer;
  const int n = std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  return {buffer.data(), static_cast<size_t>(n)};
}

// The bounds are those of rounding, so that no text has a fourth digit.
std::string ThreeDigits(double value) {
  return Fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

// Written without overflow for the smallest int64_t.
uint64_t Magnitude(int64_t value) {
  return value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

}  // namespace

std::string CountText(uint64_t count) { return WithSeparators(std::to_string(count)); }

std::string CountText(int64_t count) {
  return (count < 0 ? "-" : "") + CountText(Magnitude(count));
}

std::string BytesText(uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  static constexpr std::array kUnits = {" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  // 1023.95 would print as 1024.0.
  while (value >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    unit++;
  }
  return Fixed(value, 1) + kUnits[unit];
}

std::string BytesText(int64_t bytes) {
  return (bytes < 0 ? "-" : "") + BytesText(Magnitude(bytes));
}

std::string SecondsText(double seconds, bool ascii) {
  if (!std::isfinite(seconds)) return "unknown";
  if (seconds < 0) return "-" + SecondsText(-seconds, ascii);
  if (seconds == 0) return "0 s";
  if (seconds < 999.5e-9) return ThreeDigits(seconds * 1e9) + " ns";
  if (seconds < 999.5e-6) return ThreeDigits(seconds * 1e6) + (ascii ? " us" : " µs");
  if (seconds < 999.5e-3) return ThreeDigits(seconds * 1e3) + " ms";
  if (seconds < 999.5) return ThreeDigits(seconds) + " s";
  return WithSeparators(Fixed(seconds, 0)) + " s";
}

std::string PercentText(double part, double whole) {
  if (!(whole > 0) || !std::isfinite(part)) return "";
  const double percent = 100 * part / whole;
  if (percent == 0) return "0 %";
  if (percent == 100) return "100 %";
  if (percent > 0 && percent < 0.05) return "<0.1 %";
  if (percent < 100 && percent >= 99.95) return ">99.9 %";
  return Fixed(percent, 1) + " %";
}

}  // namespace allocprof
