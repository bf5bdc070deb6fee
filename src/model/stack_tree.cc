// SPDX-License-Identifier: Apache-2.0
#include "model/stack_tree.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

namespace allocprof::model {

uint32_t StackTree::AddLocation(uint32_t module, uint64_t address, bool exact) {
  const Location location{module, exact, address};
  const auto [it, fresh] =
      location_index_.try_emplace(location, static_cast<uint32_t>(locations_.size()));
  if (fresh) locations_.push_back(location);
  return it->second;
}

StackTree::Child& StackTree::ChildCell(uint32_t parent, uint32_t location) {
  const size_t mask = children_.size() - 1;
  size_t i = MixedHash()(uint64_t{parent} << 32 | location) & mask;
  while (children_[i].node != 0 &&
         (children_[i].parent != parent || children_[i].location != location)) {
    i = (i + 1) & mask;
  }
  return children_[i];
}

void StackTree::GrowChildren() {
  children_.assign(children_.size() * 2, Child{});
  for (uint32_t i = 1; i < nodes_.size(); i++) {
    ChildCell(nodes_[i].parent, nodes_[i].location) = {nodes_[i].parent, nodes_[i].location, i};
  }
}

uint32_t StackTree::AddNode(uint32_t parent, uint32_t location, uint32_t frame_bytes, uint8_t flags,
                            uint64_t depth) {
  if (2 * nodes_.size() >= children_.size()) GrowChildren();
  Child& cell = ChildCell(parent, location);
  if (cell.node == 0) {
    cell = {parent, location, static_cast<uint32_t>(nodes_.size())};
    nodes_.push_back({parent, location, frame_bytes, flags, depth});
    return cell.node;
  }
  Node& n = nodes_[cell.node];
  if (n.frame_bytes != frame_bytes) n.flags |= wire::kNodeVariable;
  n.frame_bytes = std::max(n.frame_bytes, frame_bytes);
  n.flags |= flags;
  n.depth_max = std::max(n.depth_max, depth);
  return cell.node;
}

void StackTree::Deeper(uint32_t node, uint64_t depth) {
  nodes_[node].depth_max = std::max(nodes_[node].depth_max, depth);
}

ModuleMap::ModuleMap(const std::vector<trace::Module>& modules)
    : modules_(modules), by_low_(modules.size()) {
  std::map<std::pair<std::string, std::string>, uint32_t> first;
  for (uint32_t i = 0; i < modules.size(); i++) {
    const auto load = first.try_emplace({modules[i].path, modules[i].build_id}, i);
    first_load_.push_back(load.first->second);
  }
  std::iota(by_low_.begin(), by_low_.end(), 0u);
  std::sort(by_low_.begin(), by_low_.end(), [&](uint32_t a, uint32_t b) {
    const trace::Module &x = modules_[a], &y = modules_[b];
    if (x.low != y.low) return x.low < y.low;
    return x.unloaded != y.unloaded ? x.unloaded < y.unloaded : a < b;
  });
  uint64_t highest = 0;
  for (const uint32_t m : by_low_) {
    highest = std::max(highest, modules_[m].high);
    highest_.push_back(highest);
  }
}

uint32_t ModuleMap::Find(uint64_t pc, uint64_t stamp) const {
  // Modules that were loaded at one time do not overlap; those of different times may. Of the
  // candidates the right one is the first to be unloaded after the moment asked for: a module's
  // own record may be stamped a little after the first event that needs it. A library that is
  // opened and closed in a loop has thousands of records at one address: each address is one look.
  uint32_t best = kNoModule;
  const auto low_of = [&](uint64_t v, uint32_t m) { return v < modules_[m].low; };
  auto end = std::upper_bound(by_low_.begin(), by_low_.end(), pc, low_of);
  while (end != by_low_.begin() && highest_[static_cast<size_t>(end - by_low_.begin()) - 1] > pc) {
    const uint64_t low = modules_[*(end - 1)].low;
    const auto begin = std::lower_bound(
        by_low_.begin(), end, low, [&](uint32_t m, uint64_t v) { return modules_[m].low < v; });
    auto it = std::upper_bound(begin, end, stamp,
                               [&](uint64_t v, uint32_t m) { return v < modules_[m].unloaded; });
    while (it != end && pc >= modules_[*it].high) it++;
    if (it != end && (best == kNoModule || modules_[*it].unloaded < modules_[best].unloaded ||
                      (modules_[*it].unloaded == modules_[best].unloaded && *it < best))) {
      best = *it;
    }
    end = begin;
  }
  return best;
}

}  // namespace allocprof::model
