// SPDX-License-Identifier: Apache-2.0
#include "budget/first_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "budget/json_text.h"
#include "budget/verdict_text.h"

namespace allocprof::budget {
namespace {

// A function with less of the allocations is left to the total.
constexpr double kLeastShare = 0.1;
constexpr size_t kMostFunctions = 3;

constexpr std::string_view kWordCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

// Rounded up to three digits: a round number says that it was chosen.
uint64_t WithHeadroom(uint64_t figure, double percent) {
  const double wanted = static_cast<double>(figure) * (1 + percent / 100);
  double unit = 1;
  while (wanted / unit >= 1000) unit *= 10;
  return static_cast<uint64_t>(std::ceil(wanted / unit - 1e-9) * unit);
}

std::string LimitOf(uint64_t figure, const Metric& metric, double percent) {
  const uint64_t limit = WithHeadroom(figure, percent);
  if (metric.unit != report::Unit::kBytes || limit < 10240) return std::to_string(limit);
  return fmt::format("\"{} KiB\"", (limit + 1023) / 1024);
}

struct Line {
  std::string text, comment;
};

// `last` has no comma behind it.
std::string Lines(const std::vector<Line>& lines) {
  std::string text;
  for (size_t i = 0; i < lines.size(); i++) {
    text += "      " + lines[i].text + (i + 1 == lines.size() ? "" : ",");
    if (!lines[i].comment.empty()) text += "  // " + lines[i].comment;
    text += "\n";
  }
  return text;
}

Line Max(const Run& run, const std::vector<size_t>& sites, bool all, const char* name,
         double headroom) {
  const Metric& metric = *FindMetric(name);
  const uint64_t figure = run.Figure(metric, sites, all);
  return {fmt::format("\"{}\": {{ \"max\": {} }}", name, LimitOf(figure, metric, headroom)),
          FigureText(figure) + " now"};
}

struct Function {
  std::string name, pattern, id;
  uint64_t allocations = 0;
  std::vector<size_t> sites;
};

// A pattern that finds this function by its own name, and an id; empty where the name is no word.
bool Describe(const std::string& full, const std::string& key, Function* to) {
  const size_t colons = key.rfind("::");
  const std::string last = colons == key.npos ? key : key.substr(colons + 2);
  if (last.empty() || last.find_first_not_of(kWordCharacters) != last.npos) return false;
  const bool plain = full.find(key) != full.npos &&
                     key.find_first_not_of(std::string(kWordCharacters) + ":") == key.npos;
  to->pattern = "\\b" + (plain ? key : last) + "\\b";
  to->id = last;
  return true;
}

std::vector<Function> Largest(const Run& run) {
  const size_t allocations = IndexOf(*FindMetric("allocations"));
  std::map<std::string, uint64_t> by_name;
  std::map<std::string, std::string> full_names;
  uint64_t whole = 0;
  for (const Site& site : run.sites()) {
    whole += site.figures[allocations];
    const size_t own = CallSiteOf(*site.stack);
    if (own >= site.stack->size()) continue;
    const report::Frame& frame = (*site.stack)[own];
    if (frame.system || frame.plumbing || frame.function.empty()) continue;
    const std::string key = KeyName(frame);
    by_name[key] += site.figures[allocations];
    full_names.try_emplace(key, frame.function);
  }
  std::vector<Function> functions;
  for (const auto& [key, sum] : by_name) {
    Function f{key, "", "", sum, {}};
    if (static_cast<double>(sum) < kLeastShare * static_cast<double>(whole)) continue;
    if (Describe(full_names[key], key, &f)) functions.push_back(std::move(f));
  }
  std::stable_sort(functions.begin(), functions.end(), [](const Function& a, const Function& b) {
    return a.allocations > b.allocations;
  });
  std::set<std::string> ids = {"total"};
  std::vector<Function> kept;
  for (Function& f : functions) {
    if (kept.size() == kMostFunctions) break;
    Scope scope;
    scope.function = f.pattern;
    scope.self = true;
    const Result<Regex> regex = Regex::Compile(f.pattern);
    if (!regex.ok() || !ids.insert(f.id).second) continue;
    scope.function_regex = regex.value();
    f.sites = run.In(scope);
    if (!f.sites.empty()) kept.push_back(std::move(f));
  }
  return kept;
}

}  // namespace

std::string FirstBudget(const Run& run, const FirstBudgetOptions& options) {
  const double headroom = options.headroom;
  const std::vector<size_t> all = run.In({});
  std::string text = "{\n";
  text += "  // What " + OneLine(options.program) + " may allocate: \"allocprof check\" says " +
          "when it is over.\n";
  text += "  // Made by: " + OneLine(options.command) + "\n";
  text +=
      "  // Yours to edit: it is read and never written. kB is 1000, KiB is 1024; \"5%\" is "
      "above the\n  // figure in the baseline, which \"allocprof baseline update\" writes.\n";
  text += "  \"version\": 1,\n  \"budgets\": [\n    {\n      \"id\": \"total\",\n";
  text += Lines({Max(run, all, true, "allocations", headroom),
                 Max(run, all, true, "allocated_bytes", headroom),
                 Max(run, all, true, "peak_bytes", headroom),
                 // What leaks now is known; more is not.
                 Max(run, all, true, "leaked_bytes", 0)});
  text += "    }";
  for (const Function& f : Largest(run)) {
    text += ",\n    {\n";
    text += fmt::format("      \"id\": {},\n", Json(f.id).dump());
    text += fmt::format("      \"scope\": {{ \"function\": {}, \"self\": true }},\n",
                        Json(f.pattern).dump(-1, ' ', true));
    text += Lines({Max(run, f.sites, false, "allocations", headroom),
                   Max(run, f.sites, false, "allocated_bytes", headroom)});
    text += "    }";
  }
  return text + "\n  ]\n}\n";
}

}  // namespace allocprof::budget
