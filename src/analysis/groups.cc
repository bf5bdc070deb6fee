// SPDX-License-Identifier: Apache-2.0
//
// The allocations by file, module, thread, size or region: --group-by, in the place of the
// functions.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "analysis/analysis.h"
#include "analysis/heap.h"
#include "analysis/ranking.h"
#include "base/units.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

struct Group {
  std::string name;
  Heap own;    // what belongs to no other group
  Heap total;  // with what was asked for below its functions
  size_t last_site = SIZE_MAX;
};

class Groups {
 public:
  Group& Of(const std::string& name) {
    const auto [at, fresh] = by_name_.try_emplace(name, groups_.size());
    if (fresh) groups_.push_back({name, {}, {}, SIZE_MAX});
    return groups_[at->second];
  }
  const std::vector<Group>& all() const { return groups_; }

 private:
  std::vector<Group> groups_;
  std::unordered_map<std::string, size_t> by_name_;
};

std::string ModuleOf(const Function& f) { return f.module.empty() ? "[no module]" : f.module; }

std::string FileOf(const Function& f) {
  return f.file.empty() ? fmt::format("[no source of {}]", ModuleOf(f)) : f.file;
}

// By what functions have: a stack belongs to its call site's group, and to the total of each group
// that one of its frames is of.
void ByFunctions(const Input& in, std::string (*name)(const Function&), Groups* groups) {
  const auto& nodes = in.profile.stacks.nodes();
  std::vector<std::string> names;
  for (const Function& f : in.frames.functions()) names.push_back(name(f));
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& site = in.profile.sites[i];
    if (site.allocations == 0) continue;
    const bool leaks = in.facts[i].leaks();
    const uint32_t function = in.facts[i].call_site;
    Group& own = groups->Of(function == UINT32_MAX ? "[stack lost]" : names[function]);
    own.own.Add(site, leaks);
    own.total.Add(site, leaks);
    own.last_site = i;
    for (uint32_t node = site.node; node != 0; node = nodes[node].parent) {
      for (const FrameRef& ref : in.frames.OfLocation(nodes[node].location)) {
        Group& group = groups->Of(names[ref.function]);
        if (group.last_site == i) continue;
        group.last_site = i;
        group.total.Add(site, leaks);
      }
    }
  }
}

std::string ThreadName(const model::Profile& profile, uint32_t thread) {
  if (thread >= profile.threads.size()) return "[thread lost]";
  for (const trace::Thread& t : profile.trace->threads) {
    if (t.id == profile.threads[thread].id) return fmt::format("{} ({})", t.name, t.tid);
  }
  return "[thread lost]";
}

// "17 B to 32 B" is class 3 of model::SizeClass.
std::string SizeName(uint32_t size_class) {
  if (size_class == 0) return "0 B";
  if (size_class == 1) return "1 B to 8 B";
  if (size_class > 60) return "more than 4 EiB";
  const uint64_t top = uint64_t{4} << size_class;
  return fmt::format("{} to {}", BytesText(top / 2 + 1), BytesText(top));
}

// "request / parse", outermost first.
std::string RegionName(const model::Regions& regions, uint32_t path) {
  if (path == 0) return "[no region]";
  std::vector<std::string> names;
  for (const uint32_t region : regions.Chain(path)) names.push_back(regions.names[region]);
  return fmt::format("{}", fmt::join(names, " / "));
}

void BySite(const Input& in, Groups* groups) {
  const auto name = [&](const model::Site& site) {
    if (in.options.group_by == "thread") return ThreadName(in.profile, site.thread);
    if (in.options.group_by == "region") return RegionName(in.profile.regions, site.region);
    return SizeName(site.size_class);
  };
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& site = in.profile.sites[i];
    if (site.allocations == 0) continue;
    groups->Of(name(site)).own.Add(site, in.facts[i].leaks());
  }
}

}  // namespace

const std::vector<std::string>& GroupKeys() {
  static const std::vector<std::string> kKeys = {"function", "file", "module",
                                                 "thread",   "size", "region"};
  return kKeys;
}

void AddGroups(const Input& in, report::Report* report) {
  const std::string& by = in.options.group_by;
  if (by == "function") return;
  const bool nests = by == "file" || by == "module";
  Groups groups;
  if (nests) {
    ByFunctions(in, by == "file" ? FileOf : ModuleOf, &groups);
  } else {
    BySite(in, &groups);
  }

  report::Table table{.key = "groups", .title = fmt::format("By {}", by)};
  table.columns = {{"group", by, Unit::kText},
                   {"self.allocations", "allocations", Unit::kCount},
                   {"self.allocated_bytes", "allocated", Unit::kBytes},
                   {"self.peak_bytes", "at peak", Unit::kBytes},
                   {"self.leaked_bytes", "leaked", Unit::kBytes},
                   {"self.temporary_allocations", "temporary", Unit::kCount}};
  std::vector<bool> additive = {false, true, true, true, true, true};
  if (nests) {
    table.columns.insert(table.columns.end(), {{"total.allocations", "with callees", Unit::kCount},
                                               {"total.allocated_bytes", "", Unit::kBytes},
                                               {"total.peak_bytes", "", Unit::kBytes},
                                               {"total.leaked_bytes", "", Unit::kBytes},
                                               {"total.temporary_allocations", "", Unit::kCount}});
    additive.resize(table.columns.size(), false);
  }
  const bool leaks = in.options.subject == Subject::kLeaks;
  for (const Group& g : groups.all()) {
    if (leaks && g.own.leaked == 0) continue;
    const auto figures = [](const Heap& h) {
      return std::vector<Value>{h.allocations, h.bytes, h.peak, h.leaked, h.temporary};
    };
    std::vector<Value> row = figures(g.own);
    row.insert(row.begin(), g.name);
    if (nests) {
      const std::vector<Value> total = figures(g.total);
      row.insert(row.end(), total.begin(), total.end());
    }
    table.rows.push_back(std::move(row));
  }
  // Of leaks only bytes are summed here.
  const std::string sort = leaks ? "leaked_bytes" : in.options.sort;
  if (nests) RankAndCut(&table, "total." + sort, 0, additive);
  RankAndCut(&table, "self." + sort, {in.options.top, in.options.min}, additive);
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
