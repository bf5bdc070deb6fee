// SPDX-License-Identifier: Apache-2.0
#include "analysis/call_tree.h"

#include <algorithm>
#include <unordered_map>

namespace allocprof::analysis {
namespace {

struct Path {
  std::vector<uint32_t> functions;  // in the order in which the tree has them
  Heap heap;
};

// Innermost first. Folded, the language's and the system's frames further out than the call site
// are left out, and a direct recursion is one frame.
std::vector<uint32_t> FunctionsOf(const Input& in, size_t site, bool plumbing) {
  const auto& nodes = in.profile.stacks.nodes();
  const uint32_t call_site = in.facts[site].call_site;
  std::vector<uint32_t> functions;
  bool reached = plumbing;
  for (uint32_t node = in.profile.sites[site].node; node != 0; node = nodes[node].parent) {
    for (const FrameRef& ref : in.frames.OfLocation(nodes[node].location)) {
      reached = reached || ref.function == call_site;
      if (!reached) continue;
      if (!plumbing && in.frames.functions()[ref.function].system && !functions.empty()) continue;
      if (!plumbing && !functions.empty() && functions.back() == ref.function) continue;
      functions.push_back(ref.function);
    }
  }
  return functions;
}

class Builder {
 public:
  Builder(const TreeOptions& options, std::vector<Path> paths)
      : options_(options), paths_(std::move(paths)) {}

  std::vector<TreeNode> Build() {
    std::vector<uint32_t> all(paths_.size());
    for (uint32_t i = 0; i < all.size(); i++) all[i] = i;
    AddChildren(all, 0, nullptr);
    return std::move(out_);
  }

 private:
  struct Branch {
    uint32_t function;
    Heap total;
    std::vector<uint32_t> paths;
  };

  // Of paths that are the same up to `depth`. Recursion is as deep as the stacks that the recorder
  // keeps.
  void AddChildren(const std::vector<uint32_t>& paths, uint32_t depth, Heap* self) {
    std::vector<Branch> branches;
    std::unordered_map<uint32_t, size_t> by_function;
    for (const uint32_t p : paths) {
      const Path& path = paths_[p];
      if (path.functions.size() == depth && self != nullptr) {
        *self += path.heap;
        continue;
      }
      const uint32_t function = depth < path.functions.size() ? path.functions[depth] : UINT32_MAX;
      const auto [at, fresh] = by_function.try_emplace(function, branches.size());
      if (fresh) branches.push_back({function, {}, {}});
      branches[at->second].total += path.heap;
      branches[at->second].paths.push_back(p);
    }
    std::stable_sort(branches.begin(), branches.end(), [&](const Branch& a, const Branch& b) {
      return a.total.*options_.metric > b.total.*options_.metric;
    });
    TreeNode rest{.depth = depth};
    uint64_t shown = 0;
    for (Branch& branch : branches) {
      const bool large = static_cast<double>(branch.total.*options_.metric) >= options_.least;
      if (!large || (options_.most != 0 && shown == options_.most)) {
        rest.rest++;
        rest.total += branch.total;
        continue;
      }
      shown++;
      const size_t at = out_.size();
      out_.push_back({.depth = depth, .function = branch.function, .total = branch.total});
      Heap own;
      if (branch.function == UINT32_MAX) {
        own = branch.total;
      } else {
        AddChildren(branch.paths, depth + 1, &own);
      }
      out_[at].self = own;
    }
    if (rest.rest != 0) out_.push_back(rest);
  }

  const TreeOptions& options_;
  std::vector<Path> paths_;
  std::vector<TreeNode> out_;
};

}  // namespace

std::vector<TreeNode> CallTree(const Input& in, const TreeOptions& options) {
  std::vector<Path> paths;
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& site = in.profile.sites[i];
    if (site.allocations == 0) continue;
    Path path{FunctionsOf(in, i, options.plumbing), {}};
    if (!options.inverted) std::reverse(path.functions.begin(), path.functions.end());
    path.heap.Add(site, in.facts[i].leaks());
    paths.push_back(std::move(path));
  }
  return Builder(options, std::move(paths)).Build();
}

}  // namespace allocprof::analysis
