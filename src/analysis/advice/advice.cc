// SPDX-License-Identifier: Apache-2.0
//
// What to change, ranked by what it would save: each place gets the rule that fits it best.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/advice/call_cost.h"
#include "analysis/advice/folding.h"
#include "analysis/advice/rules.h"
#include "analysis/advice/thresholds.h"
#include "symbols/source_text.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

double Share(uint64_t part, uint64_t whole) {
  return whole != 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

double GainOf(const Input& in, const Draft& d) {
  const double allocations = Share(d.saved_allocations, in.profile.totals.allocations);
  return std::max(allocations,
                  d.memory_weight * Share(d.saved_bytes, in.profile.totals.peak_bytes));
}

// Memory held is worth a word whatever the number of blocks.
bool IsWorthAWord(const Input& in, const Place& p) {
  const auto least = kSmallestShare * static_cast<double>(in.profile.totals.allocations);
  return p.leaked_bytes >= kLeakBytes ||
         (p.allocations >= kFewestAllocations && static_cast<double>(p.allocations) >= least) ||
         (p.allocations >= kOversizedAllocations && p.bytes / p.allocations >= kOversizedBytes);
}

// Few blocks are not worth their sentence, unless each weighs.
bool IsGain(const Input& in, const Draft& d) {
  const auto least = kSmallestShare * static_cast<double>(in.profile.totals.allocations);
  return d.few_matter || d.memory_weight > 0 ||
         (d.saved_allocations >= kFewestAllocations / 2 &&
          static_cast<double>(d.saved_allocations) >= least / 2);
}

std::optional<Piece> Best(const Input& in, const PhaseFinder& phases, Place* at) {
  const Place& place = *at;
  PlaceContext context{.in = in, .place = place, .owner_name = "", .phases = &phases};
  if (place.owners.function != UINT32_MAX) {
    context.owner_name = in.frames.functions()[place.owners.function].name;
  }
  context.threads = std::max<size_t>(1, in.profile.threads.size());
  std::optional<Piece> best;
  for (const Rule& rule : AdviceRules()) {
    std::optional<Draft> draft = rule.apply(context);
    if (!draft || !IsGain(in, *draft)) continue;
    const double gain = GainOf(in, *draft);
    if (!best || kFitsBetter * gain > best->gain) {
      best = Piece{rule.key, rule.title, at, std::move(*draft), gain};
    }
  }
  return best;
}

// Of the whole program: no place is to blame.
std::optional<Piece> OfAllocator(const Input& in) {
  const std::optional<double> share = AllocatorShare(in);
  if (!share || *share < kAllocatorShare || in.profile.totals.allocations < kReuseAllocations) {
    return std::nullopt;
  }
  Draft draft;
  draft.why = fmt::format(
      "About {:.0f} % of the program's processor time is spent in malloc and "
      "free themselves.",
      *share * 100);
  draft.text =
      "What is above asks for less. Beyond that, try another allocator: preload "
      "libmimalloc.so or libjemalloc.so and measure.";
  return Piece{"allocator", "spends its time in the allocator", nullptr, std::move(draft), 0};
}

Value Text(const std::string& text) { return text.empty() ? Value() : Value(text); }
Value Known(uint64_t number) { return number != 0 ? Value(number) : Value(); }
Value Quantile(const Place& p, double share) {
  return p.sizes.empty() ? Value() : Value(std::min(p.sizes.Quantile(share), p.size_max));
}

// A column of the table. `of_place` is asked only where there is one.
struct Field {
  const char* key;
  const char* title;  // empty: not shown as a column
  Unit unit;
  Value (*of_place)(const Input&, const Place&, const Draft&);
};

const Field kFields[] = {
    {"function", "function", Unit::kText,
     [](const Input& in, const Place& p, const Draft&) {
       return Text(in.frames.functions()[p.function].name);
     }},
    {"file", "where", Unit::kText,
     [](const Input&, const Place& p, const Draft&) { return Text(p.file); }},
    {"line", "", Unit::kNone,
     [](const Input&, const Place& p, const Draft&) {
       return Known(static_cast<uint64_t>(std::max(p.line, 0)));
     }},
    {"language", "", Unit::kText,
     [](const Input&, const Place& p, const Draft&) {
       return p.language_known ? Value(std::string(LanguageName(p.language))) : Value();
     }},
    {"idiom", "", Unit::kText,
     [](const Input&, const Place& p, const Draft&) {
       return p.idiom != nullptr ? Value(std::string(p.idiom->key)) : Value();
     }},
    {"saves.allocations", "saves allocations", Unit::kCount,
     [](const Input&, const Place&, const Draft& d) { return Value(d.saved_allocations); }},
    {"saves.allocations_share", "", Unit::kShare,
     [](const Input& in, const Place&, const Draft& d) {
       return Value(Share(d.saved_allocations, in.profile.totals.allocations));
     }},
    {"saves.bytes", "bytes", Unit::kBytes,
     [](const Input&, const Place&, const Draft& d) { return Value(d.saved_bytes); }},
    {"saves.time_s", "time", Unit::kSeconds,
     [](const Input& in, const Place& p, const Draft& d) {
       if (d.saved_allocations == 0 || p.sizes.empty()) return Value();
       const auto pair = PairSeconds(in, p.sizes.Quantile(0.5));
       return pair ? Value(*pair * static_cast<double>(d.saved_allocations)) : Value();
     }},
    {"evidence.allocations", "", Unit::kCount,
     [](const Input&, const Place& p, const Draft&) { return Value(p.allocations); }},
    {"evidence.allocated_bytes", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft&) { return Value(p.bytes); }},
    {"evidence.contained_allocations", "", Unit::kCount,
     [](const Input& in, const Place& p, const Draft&) {
       return OwnersKnown(in.profile) ? Value(p.owners.contained().blocks) : Value();
     }},
    {"evidence.owner", "", Unit::kText,
     [](const Input& in, const Place& p, const Draft&) {
       return p.owners.function != UINT32_MAX ? Text(in.frames.functions()[p.owners.function].name)
                                              : Value();
     }},
    {"evidence.alive_max", "", Unit::kCount,
     [](const Input&, const Place& p, const Draft&) { return Value(p.alive_max); }},
    {"evidence.size_p50", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft&) { return Quantile(p, 0.5); }},
    {"evidence.size_p95", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft&) { return Quantile(p, kCovered); }},
    {"evidence.size_max", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft&) { return Value(p.size_max); }},
    {"evidence.lifetime_p50_s", "", Unit::kSeconds,
     [](const Input& in, const Place& p, const Draft&) {
       const double rate = in.profile.trace->stamps_per_second;
       return p.lifetimes.empty() || rate <= 0
                  ? Value()
                  : Value(static_cast<double>(p.lifetimes.Quantile(0.5)) / rate);
     }},
    {"evidence.leaked_bytes", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft&) { return Value(p.leaked_bytes); }},
    {"evidence.growth_steps", "", Unit::kCount,
     [](const Input&, const Place&, const Draft& d) { return Known(d.growth_steps); }},
    {"evidence.final_size_p95", "", Unit::kBytes,
     [](const Input&, const Place&, const Draft& d) { return Known(d.final_size_p95); }},
    {"evidence.frame_bytes", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft&) { return Known(p.frame_bytes); }},
    {"evidence.frame_bytes_then", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft& d) {
       return d.own_frame ? Value(p.frame_bytes + d.inline_bytes) : Value();
     }},
    {"evidence.stack_depth_max", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft&) { return Known(p.depth_max); }},
    {"evidence.stack_depth_then", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft& d) {
       return d.inline_bytes != 0 ? Value(p.depth_max + d.inline_bytes * p.recursion) : Value();
     }},
    {"evidence.stack_limit", "", Unit::kBytes,
     [](const Input&, const Place& p, const Draft&) { return Known(p.stack_limit); }},
};

// Its line of the source, where that can be read.
Value SourceLine(const Place& p, symbols::SourceText* text) {
  const std::vector<symbols::SourceLine> lines = text->Around(p.file, p.line, 0);
  if (lines.empty()) return {};
  const std::string& line = lines[0].text;
  const size_t begin = line.find_first_not_of(" \t");
  return begin != std::string::npos ? Value(line.substr(begin)) : Value();
}

}  // namespace

void AddAdvice(const Input& in, report::Report* report) {
  std::vector<Place> places = FindPlaces(in);
  const PhaseFinder phases(in.profile, in.frames);
  std::vector<Piece> all;
  for (Place& place : places) {
    if (!IsWorthAWord(in, place)) continue;
    if (auto piece = Best(in, phases, &place)) all.push_back(std::move(*piece));
  }
  FoldAndRank(&all);
  if (auto piece = OfAllocator(in)) all.push_back(std::move(*piece));

  report::Table table{.key = "advice", .title = "Advice"};
  table.columns = {{"rule", "rule", Unit::kText},
                   {"title", "", Unit::kText},
                   {"why", "", Unit::kText},
                   {"text", "change", Unit::kText},
                   {"source", "", Unit::kText}};
  for (const Field& field : kFields) table.columns.push_back({field.key, field.title, field.unit});
  const size_t kept =
      in.options.top == 0 ? all.size() : std::min<size_t>(all.size(), in.options.top);
  symbols::SourceText source(in.options.symbols.sysroot);
  for (size_t i = 0; i < kept; i++) {
    const Piece& a = all[i];
    std::vector<Value> row = {std::string(a.rule), std::string(a.title), a.draft.why, a.draft.text,
                              a.place != nullptr ? SourceLine(*a.place, &source) : Value()};
    for (const Field& field : kFields) {
      row.push_back(a.place != nullptr ? field.of_place(in, *a.place, a.draft) : Value());
    }
    table.rows.push_back(std::move(row));
    table.stacks.push_back(a.place != nullptr
                               ? in.frames.Show(in.profile.sites[a.place->example].node)
                               : std::vector<report::Frame>());
  }
  table.omitted_rows = all.size() - kept;
  if (table.omitted_rows != 0) table.omitted.resize(table.columns.size());
  if (table.rows.empty() && in.options.subject == Subject::kAdvice) {
    report->notes.push_back("Nothing here is as any rule of advice knows it.");
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
