// SPDX-License-Identifier: Apache-2.0
//
// Sizes and lifetimes of all allocations, as histograms.
#include "analysis/shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/analysis.h"
#include "base/units.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

constexpr double kShortest = 1e-7;  // seconds: the first row of lifetimes
constexpr double kStep = 10;        // each row reaches so many times further

model::SiteShape ShapeOfAll(const Input& in) {
  model::SiteShape all;
  for (size_t i = 0; i < in.facts.size(); i++) {
    if (const model::SiteShape* shape = ShapeOf(in, i)) all.Add(*shape);
  }
  return all;
}

}  // namespace

const model::SiteShape* ShapeOf(const Input& in, size_t site) {
  const auto* lifetimes = in.profile.Find<model::Lifetimes>();
  if (lifetimes == nullptr || site >= lifetimes->sites().size()) return nullptr;
  return in.facts[site].selected ? &lifetimes->sites()[site] : nullptr;
}

// A row for each power of two.
void AddSizes(const Input& in, report::Report* report) {
  report::Table table{.key = "sizes", .title = "Sizes of allocations"};
  table.columns = {{"size", "size", Unit::kText},
                   {"to_bytes", "", Unit::kBytes},
                   {"allocations", "allocations", Unit::kCount}};
  std::map<uint64_t, uint64_t> rows;  // by the largest size of the row
  const model::SiteShape all = ShapeOfAll(in);
  for (const auto& bucket : all.sizes.buckets()) {
    const uint64_t largest = model::Histogram::UpperEnd(bucket.index);
    uint64_t to = 8;
    while (to < largest && to <= UINT64_MAX / 4) to *= 2;
    rows[to] += bucket.count;
  }
  for (const auto& [to, count] : rows) {
    table.rows.push_back({"up to " + BytesText(to), to, count});
  }
  report->tables.push_back(std::move(table));
}

// A row for each power of ten; those that did not die, last.
void AddLifetimes(const Input& in, report::Report* report) {
  report::Table table{.key = "lifetimes", .title = "Lifetimes of blocks"};
  table.columns = {{"lifetime", "lifetime", Unit::kText},
                   {"to_s", "", Unit::kSeconds},
                   {"allocations", "allocations", Unit::kCount}};
  const model::SiteShape all = ShapeOfAll(in);
  const double rate = in.profile.trace->stamps_per_second;
  std::map<double, uint64_t> rows;
  for (const auto& bucket : all.lifetimes.buckets()) {
    const double seconds = static_cast<double>(model::Histogram::UpperEnd(bucket.index)) / rate;
    double to = seconds == 0 ? 0 : kShortest;
    while (to < seconds) to *= kStep;
    rows[to] += bucket.count;
  }
  for (const auto& [to, count] : rows) {
    // While there is one thread, up to 16 events in a row have one stamp.
    const std::string text = to == 0 ? "too short to tell" : "up to " + SecondsText(to);
    table.rows.push_back({text, to, count});
  }
  if (all.survivors != 0) {
    table.rows.push_back({std::string("live at the end"), Value(), all.survivors});
  }
  const uint64_t told = all.lifetimes.count() + all.survivors;
  if (const uint64_t born = all.sizes.count(); born > told) {
    table.rows.push_back({std::string("not known: the free is lost"), Value(), born - told});
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
