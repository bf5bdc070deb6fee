// SPDX-License-Identifier: Apache-2.0
#include "view/value_text.h"

#include <fmt/format.h>

#include <cmath>

#include "base/units.h"
#include "view/display_text.h"

namespace allocprof::view {
namespace {

template <typename Integer>
std::string IntegerText(Integer number, report::Unit unit, const TextStyle& style) {
  switch (unit) {
    case report::Unit::kCount:
      return CountText(number);
    case report::Unit::kBytes:
      return BytesText(number);
    case report::Unit::kSeconds:
      return SecondsText(static_cast<double>(number), !style.utf8());
    default:
      return std::to_string(number);
  }
}

std::string DoubleText(double number, report::Unit unit, const TextStyle& style) {
  if (!std::isfinite(number)) return style.unknown();
  switch (unit) {
    case report::Unit::kSeconds:
      return SecondsText(number, !style.utf8());
    case report::Unit::kBytes:
      // A mean, say; beyond 2^63 the cast would be undefined.
      if (std::fabs(number) < 9e18) return BytesText(static_cast<int64_t>(std::llround(number)));
      return fmt::format("{:.3g} B", number);
    case report::Unit::kShare:
      return PercentText(number, 1);
    default:
      return fmt::format("{:.4g}", number);
  }
}

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace

std::string ValueText(const report::Value& value, report::Unit unit, const TextStyle& style) {
  if (const auto* b = std::get_if<bool>(&value)) return *b ? "yes" : "no";
  if (const auto* u = std::get_if<uint64_t>(&value)) return IntegerText(*u, unit, style);
  if (const auto* i = std::get_if<int64_t>(&value)) return IntegerText(*i, unit, style);
  if (const auto* d = std::get_if<double>(&value)) return DoubleText(*d, unit, style);
  if (const auto* s = std::get_if<std::string>(&value)) return Printable(*s, style.utf8());
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return Printable(Joined(*list), style.utf8());
  }
  return style.unknown();
}

std::string BareText(const report::Value& value) {
  if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
  if (const auto* u = std::get_if<uint64_t>(&value)) return std::to_string(*u);
  if (const auto* i = std::get_if<int64_t>(&value)) return std::to_string(*i);
  if (const auto* d = std::get_if<double>(&value)) {
    return std::isfinite(*d) ? fmt::format("{}", *d) : "";
  }
  if (const auto* s = std::get_if<std::string>(&value)) return *s;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return Joined(*list);
  return "";
}

std::optional<double> NumberOf(const report::Value& value) {
  if (const auto* u = std::get_if<uint64_t>(&value)) return static_cast<double>(*u);
  if (const auto* i = std::get_if<int64_t>(&value)) return static_cast<double>(*i);
  if (const auto* d = std::get_if<double>(&value)) return *d;
  return std::nullopt;
}

std::string_view LastPart(std::string_view key) {
  const size_t dot = key.rfind('.');
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

std::optional<double> TotalOf(const report::Report& report, const std::string& column_key) {
  const report::ScalarGroup* totals = report::FindGroup(report, "totals");
  if (totals == nullptr) return std::nullopt;
  const report::Scalar* scalar = report::FindScalar(*totals, std::string(LastPart(column_key)));
  if (scalar == nullptr) return std::nullopt;
  const std::optional<double> total = NumberOf(scalar->value);
  return total.has_value() && *total > 0 ? total : std::nullopt;
}

}  // namespace allocprof::view
