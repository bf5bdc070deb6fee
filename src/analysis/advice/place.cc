// SPDX-License-Identifier: Apache-2.0
#include "analysis/advice/place.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/advice/wrappers.h"
#include "model/lifetimes.h"

namespace allocprof::analysis {
namespace {

void AddTo(model::BlockSum* sum, const model::BlockSum& more) {
  sum->blocks += more.blocks;
  sum->bytes += more.bytes;
}

void AddOwners(Owners* to, const Owners& more) {
  for (size_t i = 0; i < 4; i++) AddTo(&to->up[i], more.up[i]);
  AddTo(&to->escaped, more.escaped);
  AddTo(&to->unknown, more.unknown);
}

struct CallSiteFrame {
  const FrameRef* ref = nullptr;
  uint32_t node = 0;
  uint32_t recursion = 0;
  uint64_t inside = 0;  // tells the way from there to malloc from others
  bool rust = false;
};

CallSiteFrame FindFrame(const Input& in, uint32_t node, uint32_t function) {
  CallSiteFrame found;
  const auto& nodes = in.profile.stacks.nodes();
  for (; node != 0; node = nodes[node].parent) {
    bool here = false;
    if (found.ref == nullptr) {
      found.inside = model::MixedHash()(found.inside ^ nodes[node].location);
    }
    for (const FrameRef& ref : in.frames.OfLocation(nodes[node].location)) {
      const std::string& name = in.frames.functions()[ref.function].name;
      found.rust = found.rust || name.starts_with("std::rt::");
      if (ref.function != function) continue;
      here = true;
      if (found.ref != nullptr) continue;
      found.ref = &ref;
      found.node = node;
    }
    found.recursion += here;
  }
  return found;
}

}  // namespace

void Place::Merge(const Place& other) {
  sites.insert(sites.end(), other.sites.begin(), other.sites.end());
  allocations += other.allocations;
  bytes += other.bytes;
  reallocations += other.reallocations;
  temporary += other.temporary;
  cross_thread_frees += other.cross_thread_frees;
  leaked_blocks += other.leaked_blocks;
  leaked_bytes += other.leaked_bytes;
  peak_bytes += other.peak_bytes;
  AddOwners(&owners, other.owners);
  alive_max += other.alive_max;
  sizes.Add(other.sizes);
  lifetimes.Add(other.lifetimes);
  size_max = std::max(size_max, other.size_max);
  depth_max = std::max(depth_max, other.depth_max);
}

std::vector<Place> FindPlaces(const Input& in) {
  const Wrappers wrappers(in);
  // Without debug information a call's address does for its line.
  std::map<std::tuple<uint32_t, uint32_t, int64_t, const Idiom*>, Place> by_key;
  const auto* lifetimes = in.profile.Find<model::Lifetimes>();
  const auto& nodes = in.profile.stacks.nodes();
  // By the way from the place to malloc: blocks of one way, whoever called the function, are hardly
  // alive at once but in a recursion.
  std::map<const Place*, std::map<uint64_t, uint64_t>> alive_at;
  uint64_t limit = 0;
  for (const trace::Thread& t : in.profile.trace->threads) {
    if (t.stack_limit != 0 && (limit == 0 || t.stack_limit < limit)) limit = t.stack_limit;
  }
  for (uint32_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& site = in.profile.sites[i];
    const SiteFacts& facts = in.facts[i];
    const uint32_t asking = wrappers.AskingFunction(i);
    if (site.allocations == 0 || asking == UINT32_MAX) continue;
    const CallSiteFrame frame = FindFrame(in, site.node, asking);
    if (frame.ref == nullptr) continue;
    const Function& function = in.frames.functions()[asking];
    const Idiom* idiom = IdiomOf(in.profile, in.frames, site.node, asking);
    const int64_t line =
        frame.ref->line != 0 ? frame.ref->line : -1 - int64_t{nodes[frame.node].location};
    Place& p = by_key[{asking, frame.ref->file, line, idiom}];
    if (p.sites.empty()) {
      p.function = asking;
      p.file = in.frames.files()[frame.ref->file];
      p.line = frame.ref->line;
      p.language = LanguageOf(function.name, p.file, frame.rust);
      p.language_known = function.named || !p.file.empty();
      p.idiom = idiom;
      p.example = i;
      p.stack_limit = limit;
    }
    p.sites.push_back(i);
    if (site.allocations > in.profile.sites[p.example].allocations) p.example = i;
    p.allocations += site.allocations;
    p.bytes += site.allocated_bytes;
    p.reallocations += site.reallocations;
    p.temporary += site.temporary;
    p.cross_thread_frees += site.cross_thread_frees;
    if (!facts.runtime) {
      p.leaked_blocks += site.leaked_blocks;
      p.leaked_bytes += site.leaked_bytes;
    }
    p.peak_bytes += site.peak_bytes;
    const Owners owners = OwnersOf(in.profile, in.frames, i, asking);
    AddOwners(&p.owners, owners);
    if (owners.function_blocks > p.owners.function_blocks) {
      p.owners.function = owners.function;
      p.owners.function_blocks = owners.function_blocks;
    }
    uint64_t& alive = alive_at[&p][frame.inside];
    alive = std::max(alive, owners.live_max);
    if (lifetimes != nullptr && i < lifetimes->sites().size()) {
      p.sizes.Add(lifetimes->sites()[i].sizes);
      p.lifetimes.Add(lifetimes->sites()[i].lifetimes);
    }
    p.size_max = std::max(p.size_max, site.size_max);
    p.frame_bytes = std::max<uint64_t>(p.frame_bytes, nodes[frame.node].frame_bytes);
    p.depth_max = std::max(p.depth_max, nodes[site.node].depth_max);
    p.recursion = std::max(p.recursion, frame.recursion);
  }
  std::vector<Place> places;
  for (auto& [key, place] : by_key) {
    for (const auto& [inside, alive] : alive_at[&place]) place.alive_max += alive;
    places.push_back(std::move(place));
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const Place& a, const Place& b) { return a.allocations > b.allocations; });
  return places;
}

}  // namespace allocprof::analysis
