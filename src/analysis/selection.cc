// SPDX-License-Identifier: Apache-2.0
#include "analysis/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "analysis/analysis.h"
#include "base/pattern.h"
#include "base/units.h"

namespace allocprof::analysis {
namespace {

// One kind of filter: what the user wrote, and which sites pass.
struct Filter {
  std::string text;
  std::function<bool(size_t site)> passes;
};

std::string Written(const char* option, const std::vector<std::string>& patterns) {
  return fmt::format("{} '{}'", option, fmt::join(patterns, "' or '"));
}

bool AnyGlob(const std::vector<std::string>& globs, const std::string& text) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return MatchesGlob(glob, text); });
}

const char* PhaseWord(Phase phase) {
  static constexpr const char* kWords[] = {"before", "in", "after"};
  return kWords[static_cast<size_t>(phase)];
}

class FilterMaker {
 public:
  FilterMaker(const Frames& frames, const std::vector<SiteFacts>& facts,
              const model::Profile& profile)
      : frames_(frames), facts_(facts), profile_(profile) {}

  std::vector<Filter> Make(const Filters& filters) const {
    std::vector<Filter> made;
    if (!filters.functions.empty()) made.push_back(ByFunction(filters.functions));
    if (!filters.files.empty()) {
      made.push_back(ByFrame(Written("--file", filters.files),
                             Marked(frames_.files(), filters.files),
                             [](const FrameRef& f) { return f.file; }));
    }
    if (!filters.modules.empty()) {
      std::vector<std::string> modules;
      for (const Function& f : frames_.functions()) modules.push_back(f.module);
      made.push_back(ByFrame(Written("--module", filters.modules), Marked(modules, filters.modules),
                             [](const FrameRef& f) { return f.function; }));
    }
    if (!filters.threads.empty()) made.push_back(ByThread(filters.threads));
    if (!filters.regions.empty()) made.push_back(ByRegion(filters.regions));
    if (filters.phase) {
      made.push_back(
          {fmt::format("--phase {}", PhaseWord(*filters.phase)),
           [this, phase = *filters.phase](size_t site) { return facts_[site].phase == phase; }});
    }
    return made;
  }

 private:
  static std::vector<bool> Marked(const std::vector<std::string>& names,
                                  const std::vector<std::string>& globs) {
    std::vector<bool> marks(names.size());
    for (size_t i = 0; i < names.size(); i++) {
      marks[i] = !names[i].empty() && AnyGlob(globs, names[i]);
    }
    return marks;
  }

  // Stacks with a frame whose index is marked.
  Filter ByFrame(std::string text, std::vector<bool> marks,
                 uint32_t (*index)(const FrameRef&)) const {
    return {std::move(text), [this, marks = std::move(marks), index](size_t site) {
              const auto& nodes = profile_.stacks.nodes();
              for (uint32_t node = profile_.sites[site].node; node != 0;
                   node = nodes[node].parent) {
                for (const FrameRef& f : frames_.OfLocation(nodes[node].location)) {
                  if (marks[index(f)]) return true;
                }
              }
              return false;
            }};
  }

  Filter ByFunction(const std::vector<std::string>& expressions) const {
    std::vector<bool> marks(frames_.functions().size());
    for (const std::string& expression : expressions) {
      const Result<Regex> regex = Regex::Compile(expression);
      for (size_t i = 0; i < marks.size() && regex.ok(); i++) {
        marks[i] = marks[i] || regex.value().Finds(frames_.functions()[i].name);
      }
    }
    return ByFrame(Written("--function", expressions), std::move(marks),
                   [](const FrameRef& f) { return f.function; });
  }

  Filter ByThread(const std::vector<std::string>& globs) const {
    std::vector<bool> marks(profile_.threads.size());
    for (size_t i = 0; i < marks.size(); i++) {
      for (const trace::Thread& t : profile_.trace->threads) {
        if (t.id != profile_.threads[i].id) continue;
        marks[i] = AnyGlob(globs, t.name) || AnyGlob(globs, std::to_string(t.tid));
      }
    }
    return {Written("--thread", globs), [this, marks = std::move(marks)](size_t site) {
              const uint32_t thread = profile_.sites[site].thread;
              return thread < marks.size() && marks[thread];
            }};
  }

  // What was allocated in such a region, or in one inside of it.
  Filter ByRegion(const std::vector<std::string>& expressions) const {
    const model::Regions& regions = profile_.regions;
    std::vector<bool> named(regions.names.size());
    for (const std::string& expression : expressions) {
      const Result<Regex> regex = Regex::Compile(expression);
      for (size_t i = 0; i < named.size() && regex.ok(); i++) {
        named[i] = named[i] || regex.value().Finds(regions.names[i]);
      }
    }
    std::vector<bool> marks(regions.paths.size());
    for (size_t i = 1; i < marks.size(); i++) {
      const model::RegionPath& path = regions.paths[i];
      marks[i] = marks[path.parent] || named[path.region];
    }
    return {Written("--region", expressions), [this, marks = std::move(marks)](size_t site) {
              const uint32_t path = profile_.sites[site].region;
              return path < marks.size() && marks[path];
            }};
  }

  const Frames& frames_;
  const std::vector<SiteFacts>& facts_;
  const model::Profile& profile_;
};

void Clear(model::Site* site) {
  *site = model::Site{.node = site->node,
                      .thread = site->thread,
                      .size_class = site->size_class,
                      .region = site->region};
}

// What does not come from sites stays as it is, the process's.
void SumSites(model::Profile* profile) {
  model::Totals& t = profile->totals;
  t.allocations = t.frees = t.reallocations = t.reallocations_in_place = t.allocated_bytes = 0;
  t.peak_bytes = t.peak_blocks = t.leaked_bytes = t.leaked_blocks = t.temporary = t.failed = 0;
  t.unknown_frees = t.lost_frees = 0;
  t.start_bytes = t.start_blocks = t.end_bytes = t.end_blocks = t.left_bytes = t.left_blocks = 0;
  for (const model::Site& s : profile->sites) {
    t.allocations += s.allocations;
    t.frees += s.freed;
    t.reallocations += s.reallocations;
    t.reallocations_in_place += s.reallocations_in_place;
    t.allocated_bytes += s.allocated_bytes;
    t.peak_bytes += s.peak_bytes;
    t.peak_blocks += s.peak_blocks;
    t.leaked_bytes += s.leaked_bytes;
    t.leaked_blocks += s.leaked_blocks;
    t.start_bytes += s.start_bytes;
    t.start_blocks += s.start_blocks;
    t.end_bytes += s.end_bytes;
    t.end_blocks += s.end_blocks;
    t.left_bytes += s.left_bytes;
    t.left_blocks += s.left_blocks;
    t.temporary += s.temporary;
    t.failed += s.failed;
  }
}

Heap Sum(const std::vector<model::Site>& sites, const std::vector<SiteFacts>& facts,
         const std::function<bool(size_t)>& passes) {
  Heap sum;
  for (size_t i = 0; i < sites.size(); i++) {
    if (passes(i)) sum.Add(sites[i], facts[i].leaks());
  }
  return sum;
}

// Which of several filters is at fault.
std::string WhyNothing(const std::vector<Filter>& filters, const std::vector<model::Site>& sites,
                       const std::vector<SiteFacts>& facts) {
  std::string text = "No allocation matches ";
  for (const Filter& f : filters) text += (&f == &filters[0] ? "" : " and ") + f.text;
  if (filters.size() == 1) return text + ".";
  text += "; alone";
  for (const Filter& f : filters) {
    text +=
        fmt::format(", {} matches {}", f.text, CountText(Sum(sites, facts, f.passes).allocations));
  }
  return text + ".";
}

}  // namespace

Status CheckFilters(const Filters& filters) {
  const Status functions = CheckExpressions("--function", filters.functions);
  return functions.ok() ? CheckExpressions("--region", filters.regions) : functions;
}

Status CheckExpressions(const char* option, const std::vector<std::string>& expressions) {
  for (const std::string& expression : expressions) {
    if (const Result<Regex> regex = Regex::Compile(expression); !regex.ok()) {
      return {ErrorCode::kUsage,
              fmt::format("{} '{}': {}", option, expression, regex.status().message())};
    }
  }
  return Status::Ok();
}

Selection Select(const Filters& filters, const Frames& frames, std::vector<SiteFacts>* facts,
                 model::Profile* profile) {
  const FilterMaker maker(frames, *facts, *profile);  // the filters look into it
  const std::vector<Filter> made = maker.Make(filters);
  Selection selection;
  for (const Filter& f : made) selection.filters.push_back(f.text);
  selection.whole = Sum(profile->sites, *facts, [](size_t) { return true; });
  if (made.empty()) return selection;

  bool any = false;
  for (size_t i = 0; i < facts->size(); i++) {
    SiteFacts& fact = (*facts)[i];
    fact.selected =
        std::all_of(made.begin(), made.end(), [&](const Filter& f) { return f.passes(i); });
    any = any || (fact.selected && profile->sites[i].allocations != 0);
  }
  if (!any) selection.nothing = WhyNothing(made, profile->sites, *facts);
  for (size_t i = 0; i < facts->size(); i++) {
    if ((*facts)[i].selected) continue;
    Clear(&profile->sites[i]);
    (*facts)[i].owners = {};
  }
  SumSites(profile);
  return selection;
}

// "12,345 of 45,258 allocations, 1.2 MiB of 5.9 MiB allocated".
void AddSelection(const Input& in, report::Report* report) {
  using report::Unit;
  const Selection& s = in.selection;
  const Heap shown = Sum(in.profile.sites, in.facts, [](size_t) { return true; });
  report::ScalarGroup group{.key = "selection", .title = "", .scalars = {}};
  const bool filtered = !s.filters.empty();
  group.scalars.push_back({"filters", filtered ? "only" : "", Unit::kText, s.filters});
  std::string text;
  if (filtered) {
    text = fmt::format("{} of {} allocations, {} of {}, {} of {} at the peak",
                       CountText(shown.allocations), CountText(s.whole.allocations),
                       BytesText(shown.bytes), BytesText(s.whole.bytes), BytesText(shown.peak),
                       BytesText(s.whole.peak));
    group.scalars.push_back({"text", "shown", Unit::kText, text});
  }
  const struct {
    const char* key;
    uint64_t Heap::*figure;
    Unit unit;
  } kFigures[] = {{"allocations", &Heap::allocations, Unit::kCount},
                  {"allocated_bytes", &Heap::bytes, Unit::kBytes},
                  {"peak_bytes", &Heap::peak, Unit::kBytes},
                  {"leaked_bytes", &Heap::leaked, Unit::kBytes},
                  {"temporary_allocations", &Heap::temporary, Unit::kCount}};
  for (const auto& f : kFigures) {
    group.scalars.push_back({std::string("whole.") + f.key, "", f.unit, s.whole.*f.figure});
  }
  for (const auto& f : kFigures) {
    group.scalars.push_back(
        {std::string("left_out.") + f.key, "", f.unit, s.whole.*f.figure - shown.*f.figure});
  }
  report->groups.push_back(std::move(group));
  if (!s.nothing.empty()) report->notes.push_back(s.nothing);
}

}  // namespace allocprof::analysis
