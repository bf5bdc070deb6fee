// SPDX-License-Identifier: Apache-2.0
#include "budget/budget_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/edit_distance.h"
#include "budget/json_text.h"

namespace allocprof::budget {
namespace {

constexpr const char* kPhases[] = {"before_main", "main", "after_main"};

// Reads one object: each key is told once, and what is left over is a mistake.
class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  Result<BudgetFile> Read(const Json& json) {
    BudgetFile file{path_, {}};
    if (!json.is_object()) Say("", "is no object; write { \"version\": 1, \"budgets\": [ … ] }");
    if (failure_.ok()) OnlyKeys(json, "", {"$schema", "version", "budgets"});
    if (failure_.ok()) Version(json);
    if (failure_.ok()) {
      const auto list = json.find("budgets");
      if (list == json.end() || !list->is_array() || list->empty()) {
        Say("/budgets",
            "is no list of budgets; write at least one, [ { \"id\": \"total\", "
            "\"allocations\": { \"max\": 1000 } } ]");
      } else {
        for (size_t i = 0; i < list->size() && failure_.ok(); i++) {
          file.budgets.push_back(OneBudget((*list)[i], fmt::format("/budgets/{}", i)));
        }
      }
    }
    if (!failure_.ok()) return failure_;
    return file;
  }

 private:
  void Say(const std::string& pointer, const std::string& what) {
    if (failure_.ok()) failure_ = Mistake(path_, pointer, what);
  }

  void OnlyKeys(const Json& object, const std::string& pointer, std::vector<std::string> known) {
    for (const auto& [key, value] : object.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const std::string near = ClosestWord(key, known);
      std::string keys;
      for (const std::string& word : known) keys += (keys.empty() ? "" : ", ") + word;
      Say(pointer + "/" + PointerPart(key),
          near.empty() ? "is no key of this object; it takes " + keys
                       : "is no key of this object; did you mean '" + near + "'?");
      return;
    }
  }

  void Version(const Json& json) {
    const auto version = json.find("version");
    if (version == json.end() || !version->is_number_integer()) {
      Say("/version", "is missing; write \"version\": 1");
    } else if (*version != 1) {
      Say("/version",
          "is " + version->dump() + ", and this allocprof reads version 1; install a newer one");
    }
  }

  std::string Text(const Json& object, const char* key, const std::string& pointer) {
    const auto it = object.find(key);
    if (it == object.end()) return "";
    if (!it->is_string() || it->get_ref<const std::string&>().empty()) {
      Say(pointer + "/" + key, "is no text; write one in quotation marks, or leave the key out");
      return "";
    }
    return it->get<std::string>();
  }

  bool Flag(const Json& object, const char* key, const std::string& pointer) {
    const auto it = object.find(key);
    if (it == object.end()) return false;
    if (!it->is_boolean()) Say(pointer + "/" + key, "is neither true nor false");
    return it->is_boolean() && it->get<bool>();
  }

  std::string Id(const Json& object, const std::string& pointer) {
    static constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-";
    const std::string id = Text(object, "id", pointer);
    if (!failure_.ok()) return "";
    if (id.empty()) {
      Say(pointer + "/id", "is missing; name the budget, for its failures and its baseline");
    } else if (id.find_first_not_of(kAllowed) != id.npos || id.front() == '-') {
      Say(pointer + "/id", "holds other characters than letters, digits and _.:-; rename it");
    } else if (const auto [first, fresh] = ids_.try_emplace(id, pointer); !fresh) {
      Say(pointer + "/id",
          fmt::format("'{}' is the id of {}, too; rename one of them", id, first->second));
    }
    return id;
  }

  Scope OneScope(const Json& scope, const std::string& pointer) {
    Scope to;
    if (!scope.is_object()) {
      Say(pointer, "is no object; write { \"function\": \"^parse_\" }");
      return to;
    }
    OnlyKeys(scope, pointer, {"function", "self", "file", "module", "thread", "region", "phase"});
    to.function = Text(scope, "function", pointer);
    to.self = Flag(scope, "self", pointer);
    to.file = Text(scope, "file", pointer);
    to.module = Text(scope, "module", pointer);
    to.thread = Text(scope, "thread", pointer);
    to.region = Text(scope, "region", pointer);
    if (!to.function.empty()) {
      const Result<Regex> regex = Regex::Compile(to.function);
      if (regex.ok()) {
        to.function_regex = regex.value();
      } else {
        Say(pointer + "/function", "is no regular expression: " + regex.status().message());
      }
    }
    if (const std::string phase = Text(scope, "phase", pointer); !phase.empty()) {
      const auto it = std::find(std::begin(kPhases), std::end(kPhases), phase);
      if (it == std::end(kPhases)) {
        Say(pointer + "/phase",
            "'" + phase + "' is no phase; write before_main, main or after_main");
      } else {
        to.phase = static_cast<analysis::Phase>(it - std::begin(kPhases));
      }
    }
    if (to.self && to.function.empty() && to.file.empty() && to.module.empty()) {
      Say(pointer + "/self", "goes with function, file or module; add one of them");
    }
    return to;
  }

  Limit OneLimit(const Json& value, const Metric& metric, const std::string& pointer) {
    if (value.is_number_unsigned()) {
      Limit limit;
      limit.amount = value.get<uint64_t>();
      return limit;
    }
    const Result<Limit> limit =
        ParseLimit(value.is_string() ? value.get<std::string>() : value.dump(), metric);
    if (value.is_string() && limit.ok()) return limit.value();
    if (limit.ok()) {
      Say(pointer, value.dump() + " is no whole number");
    } else {
      Say(pointer, limit.status().message());
    }
    return {};
  }

  MetricBudget OneMetric(const Json& value, const Metric& metric, const std::string& pointer) {
    MetricBudget to{&metric, {}};
    if (!value.is_object() || value.empty()) {
      Say(pointer, "has no limit; write { \"max\": 1000 }, or \"min\", or \"equal\"");
      return to;
    }
    OnlyKeys(value, pointer, {"max", "min", "equal"});
    for (const Bound bound : {Bound::kMax, Bound::kMin, Bound::kEqual}) {
      const auto it = value.find(BoundName(bound));
      if (it == value.end()) continue;
      const std::string where = pointer + "/" + BoundName(bound);
      Limit limit = OneLimit(*it, metric, where);
      limit.bound = bound;
      limit.pointer = where;
      to.limits.push_back(std::move(limit));
    }
    return to;
  }

  Budget OneBudget(const Json& json, const std::string& pointer) {
    Budget to;
    to.pointer = pointer;
    if (!json.is_object()) {
      Say(pointer, "is no object; write { \"id\": \"total\", \"allocations\": { \"max\": 1000 } }");
      return to;
    }
    std::vector<std::string> known = {"id", "description", "scope", "allow_empty",
                                      "exclude_unstable"};
    for (const Metric& metric : Metrics()) known.emplace_back(metric.name);
    OnlyKeys(json, pointer, known);
    to.id = Id(json, pointer);
    to.description = Text(json, "description", pointer);
    to.allow_empty = Flag(json, "allow_empty", pointer);
    to.exclude_unstable = Flag(json, "exclude_unstable", pointer);
    if (const auto scope = json.find("scope"); scope != json.end()) {
      to.scope = OneScope(*scope, pointer + "/scope");
    }
    for (const Metric& metric : Metrics()) {
      const auto it = json.find(metric.name);
      if (it == json.end()) continue;
      const std::string where = pointer + "/" + metric.name;
      if (metric.sum == Sum::kProcess && to.scope.any()) {
        Say(where, "is of the whole process; move it to a budget without a scope");
      }
      to.metrics.push_back(OneMetric(*it, metric, where));
    }
    if (to.metrics.empty()) {
      Say(pointer, "limits nothing; add a metric, \"allocations\": { \"max\": 1000 }");
    }
    return to;
  }

  std::string path_;
  Status failure_;
  std::map<std::string, std::string> ids_;  // to pointers
};

}  // namespace

std::string Scope::Text() const {
  std::string text;
  const auto add = [&](const char* kind, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{} '{}'", text.empty() ? "" : ", ", kind, value);
  };
  add(self ? "function itself" : "function", function);
  add("file", file);
  add("module", module);
  add("thread", thread);
  add("region", region);
  if (phase) add("phase", kPhases[static_cast<size_t>(*phase)]);
  return text;
}

bool BudgetFile::needs_baseline() const {
  for (const Budget& budget : budgets) {
    for (const MetricBudget& metric : budget.metrics) {
      for (const Limit& limit : metric.limits) {
        if (limit.of_baseline) return true;
      }
    }
  }
  return false;
}

bool BudgetFile::needs_threads() const {
  return std::any_of(budgets.begin(), budgets.end(),
                     [](const Budget& budget) { return !budget.scope.thread.empty(); });
}

Result<BudgetFile> ParseBudget(const std::string& path, std::string_view text) {
  const Result<Json> json = ParseJson(path, text);
  if (!json.ok()) return json.status();
  return Reader(path).Read(json.value());
}

Result<BudgetFile> ReadBudget(const std::string& path) {
  const Result<std::string> text =
      ReadSmallFile(path, "name another after --budget, or write one: allocprof budget init TRACE");
  if (!text.ok()) return text.status();
  return ParseBudget(path, text.value());
}

}  // namespace allocprof::budget
