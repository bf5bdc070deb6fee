// SPDX-License-Identifier: Apache-2.0
#include "model/region_paths.h"

#include <algorithm>

#include "wire/format.h"

namespace allocprof::model {

std::vector<uint32_t> Regions::Chain(uint32_t path) const {
  std::vector<uint32_t> chain;
  for (; path != 0; path = paths[path].parent) {
    const uint32_t region = paths[path].region;
    if (std::find(chain.begin(), chain.end(), region) == chain.end()) chain.push_back(region);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

uint32_t RegionPaths::RegionOf(uint32_t number, uint64_t id) {
  const uint32_t process = names_.ProcessOf(number);
  if (const auto known = region_of_id_.find({process, id}); known != region_of_id_.end()) {
    return known->second;
  }
  if (region_of_id_.size() >= kMostPaths) return kNoRegion;
  const std::string name = names_.Region(process, id);
  const auto [at, fresh] =
      region_of_name_.try_emplace(name, static_cast<uint32_t>(regions_.names.size()));
  if (fresh) regions_.names.push_back(name);
  region_of_id_[{process, id}] = at->second;
  return at->second;
}

uint32_t RegionPaths::Path(uint32_t parent, uint32_t region, uint8_t flags) {
  const auto key = std::make_tuple(parent, region, flags);
  if (const auto known = path_of_.find(key); known != path_of_.end()) return known->second;
  if (region == kNoRegion || regions_.paths.size() >= kMostPaths) {
    regions_.too_many++;
    return parent;
  }
  RegionPath path{parent, region, regions_.paths[parent].denied_by};
  if ((flags & wire::kRegionPermit) != 0) path.denied_by = kNoRegion;
  if ((flags & wire::kRegionNoAlloc) != 0) path.denied_by = region;
  const auto index = static_cast<uint32_t>(regions_.paths.size());
  regions_.paths.push_back(path);
  return path_of_[key] = index;
}

bool RegionPaths::IsOpen(const std::vector<Entry>& open, size_t entries, uint32_t region) {
  return std::any_of(open.begin(), open.begin() + static_cast<ptrdiff_t>(entries),
                     [region](const Entry& e) { return e.region == region; });
}

RegionPaths::Step RegionPaths::Enter(uint32_t thread, uint32_t number, uint64_t id, uint8_t flags,
                                     uint64_t stamp) {
  Thread& t = threads_[thread];
  if (t.open.size() >= kMostOpen) {
    t.ignored++;
    regions_.too_many++;
    return {};
  }
  const uint32_t region = RegionOf(number, id);
  const uint32_t parent = t.open.empty() ? 0 : t.open.back().path;
  const uint32_t path = Path(parent, region, flags);
  const bool outermost = !IsOpen(t.open, t.open.size(), region);
  t.open.push_back({region, flags, path, stamp});
  if (thread >= current_.size()) current_.resize(thread + size_t{1});
  current_[thread] = path;
  if (path == parent) return {};
  return {path, stamp, outermost};
}

RegionPaths::Step RegionPaths::Leave(uint32_t thread, uint32_t number, uint64_t id) {
  const auto it = threads_.find(thread);
  if (it == threads_.end()) return {};
  Thread& t = it->second;
  if (t.ignored != 0) {
    t.ignored--;
    return {};
  }
  const uint32_t region = RegionOf(number, id);
  for (size_t i = t.open.size(); i-- != 0;) {
    if (t.open[i].region != region) continue;
    const Entry left = t.open[i];
    t.open.erase(t.open.begin() + static_cast<ptrdiff_t>(i));
    // Those inside of it, left out of turn, stay open.
    uint32_t parent = i == 0 ? 0 : t.open[i - 1].path;
    for (size_t k = i; k != t.open.size(); k++) {
      parent = t.open[k].path = Path(parent, t.open[k].region, t.open[k].flags);
    }
    current_[thread] = parent;
    if (regions_.paths[left.path].region != region) return {};  // it had no path of its own
    return {left.path, left.since, !IsOpen(t.open, i, region)};
  }
  return {};
}

std::vector<std::pair<uint32_t, RegionPaths::Step>> RegionPaths::Open() const {
  std::vector<std::pair<uint32_t, Step>> all;
  for (const auto& [thread, t] : threads_) {
    for (size_t i = 0; i != t.open.size(); i++) {
      const Entry& e = t.open[i];
      if (regions_.paths[e.path].region != e.region) continue;
      all.emplace_back(thread, Step{e.path, e.since, !IsOpen(t.open, i, e.region)});
    }
  }
  return all;
}

}  // namespace allocprof::model
