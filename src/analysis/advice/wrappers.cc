// SPDX-License-Identifier: Apache-2.0
#include "analysis/advice/wrappers.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "analysis/advice/thresholds.h"
#include "model/lifetimes.h"

namespace allocprof::analysis {
namespace {

// The functions of a stack from the call site outwards: one a frame, as the user wrote them.
std::vector<uint32_t> UserFunctions(const Input& in, uint32_t node, uint32_t call_site) {
  std::vector<uint32_t> functions;
  const auto& nodes = in.profile.stacks.nodes();
  for (; node != 0 && functions.size() <= kWrapperDepth; node = nodes[node].parent) {
    for (const FrameRef& ref : in.frames.OfLocation(nodes[node].location)) {
      const bool begun = !functions.empty() || ref.function == call_site;
      if (begun && (functions.empty() || !in.frames.functions()[ref.function].system)) {
        functions.push_back(ref.function);
      }
    }
  }
  return functions;
}

struct Seen {
  std::set<uint32_t> callers;  // at most kWrapperCallers: more say nothing new
  std::set<uint64_t> sizes;
  uint64_t blocks = 0;
  uint64_t kept = 0;  // freed before it returned
};

}  // namespace

Wrappers::Wrappers(const Input& in) : asking_(in.facts.size(), UINT32_MAX) {
  const auto* lifetimes = in.profile.Find<model::Lifetimes>();
  std::vector<std::vector<uint32_t>> stacks(in.facts.size());
  std::vector<size_t> at(in.facts.size(), 0);
  for (uint32_t i = 0; i < in.facts.size(); i++) {
    asking_[i] = in.facts[i].call_site;
    if (in.facts[i].call_site == UINT32_MAX || in.profile.sites[i].allocations == 0) continue;
    stacks[i] = UserFunctions(in, in.profile.sites[i].node, in.facts[i].call_site);
  }
  if (lifetimes == nullptr) return;
  // Each round takes one layer off: what the wrappers of one are called by.
  for (size_t round = 0; round < kWrapperDepth; round++) {
    std::unordered_map<uint32_t, Seen> seen;
    for (uint32_t i = 0; i < stacks.size(); i++) {
      if (at[i] + 1 >= stacks[i].size()) continue;
      Seen& s = seen[stacks[i][at[i]]];
      if (s.callers.size() < kWrapperCallers) s.callers.insert(stacks[i][at[i] + 1]);
      if (s.sizes.size() < kWrapperSizes && i < lifetimes->sites().size()) {
        for (const auto& bucket : lifetimes->sites()[i].sizes.buckets()) {
          s.sizes.insert(bucket.index);
          if (s.sizes.size() >= kWrapperSizes) break;
        }
      }
      s.blocks += in.profile.sites[i].allocations;
      s.kept += OwnersOf(in.profile, in.frames, i, stacks[i][at[i]]).contained().blocks;
    }
    // One that a single function calls may be the inside of a wrapper: it is one if its caller is.
    const auto is_wrapper = [&](uint32_t function) {
      const auto found = seen.find(function);
      if (found == seen.end()) return false;
      const Seen& s = found->second;
      return s.sizes.size() >= kWrapperSizes &&
             static_cast<double>(s.kept) <= kWrapperKeeps * static_cast<double>(s.blocks);
    };
    bool any = false;
    std::unordered_map<uint32_t, std::set<uint32_t>> outer_callers;
    for (size_t i = 0; i < stacks.size(); i++) {
      if (at[i] + 2 >= stacks[i].size()) continue;
      auto& callers = outer_callers[stacks[i][at[i] + 1]];
      if (callers.size() < kWrapperCallers) callers.insert(stacks[i][at[i] + 2]);
    }
    for (size_t i = 0; i < stacks.size(); i++) {
      if (at[i] + 1 >= stacks[i].size() || !is_wrapper(stacks[i][at[i]])) continue;
      const Seen& s = seen[stacks[i][at[i]]];
      const bool inside =
          s.callers.size() <= 2 && outer_callers[stacks[i][at[i] + 1]].size() >= kWrapperCallers;
      if (s.callers.size() < kWrapperCallers && !inside) continue;
      asking_[i] = stacks[i][++at[i]];
      any = true;
    }
    if (!any) break;
  }
}

}  // namespace allocprof::analysis
