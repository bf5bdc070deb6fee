// SPDX-License-Identifier: Apache-2.0
#include "trace/process_tree.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace allocprof::trace {
namespace {

constexpr size_t kNone = SIZE_MAX;

class Tree {
 public:
  explicit Tree(const std::vector<const Header*>& headers)
      : headers_(headers), children_(headers.size()) {
    std::vector<size_t> by_start(headers.size());
    std::iota(by_start.begin(), by_start.end(), size_t{0});
    std::stable_sort(by_start.begin(), by_start.end(),
                     [&](size_t a, size_t b) { return headers[a]->ns < headers[b]->ns; });
    for (const size_t i : by_start) {
      const size_t parent = ParentOf(*headers[i]);
      (parent == kNone ? tops_ : children_[parent]).push_back(i);
      latest_[KeyOf(*headers[i], headers[i]->pid)] = i;
    }
  }

  // Without recursion: a chain of execs may be long.
  std::vector<TreePlace> Places() const {
    std::vector<TreePlace> places, left;
    const auto push = [&](const std::vector<size_t>& list, uint32_t level) {
      for (auto it = list.rbegin(); it != list.rend(); ++it) left.push_back({*it, level});
    };
    push(tops_, 0);
    while (!left.empty()) {
      places.push_back(left.back());
      left.pop_back();
      push(children_[places.back().index], places.back().level + 1);
    }
    return places;
  }

 private:
  using Key = std::tuple<uint32_t, uint64_t, uint32_t>;  // a run, and a pid in it

  static Key KeyOf(const Header& h, uint32_t pid) {
    const Root root = RootOf(h);
    return {root.pid, root.start_ticks, pid};
  }

  // The last image so far that had the pid.
  size_t Latest(const Header& h, uint32_t pid) const {
    const auto it = latest_.find(KeyOf(h, pid));
    return it == latest_.end() ? kNone : it->second;
  }

  // One of those that began before.
  size_t ParentOf(const Header& h) const {
    const size_t before = Latest(h, h.pid);
    if (before != kNone && headers_[before]->start_ticks == h.start_ticks) return before;
    for (const uint32_t pid : {h.forked_from, h.ppid, RootOf(h).pid}) {
      if (pid != 0 && pid != h.pid && Latest(h, pid) != kNone) return Latest(h, pid);
    }
    return kNone;
  }

  const std::vector<const Header*>& headers_;
  std::vector<size_t> tops_;
  std::vector<std::vector<size_t>> children_;
  std::map<Key, size_t> latest_;  // of those placed so far
};

}  // namespace

std::vector<TreePlace> ArrangeProcesses(const std::vector<const Header*>& headers) {
  return Tree(headers).Places();
}

bool SameImage(const Header& a, const Header& b) {
  return a.pid == b.pid && a.start_ticks == b.start_ticks && a.stamp == b.stamp;
}

Root RootOf(const Header& header) {
  if (header.root.pid != 0) return header.root;
  return {header.pid, header.start_ticks, header.root.output};
}

bool SameRun(const Header& a, const Header& b) {
  const Root one = RootOf(a), other = RootOf(b);
  return one.pid == other.pid && one.start_ticks == other.start_ticks;
}

}  // namespace allocprof::trace
