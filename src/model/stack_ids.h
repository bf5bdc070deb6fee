// SPDX-License-Identifier: Apache-2.0
//
// A thread's own stack ids -> nodes of the stack tree. Ids count up by one, so they are an array;
// where some are missing, because a chunk is lost or lies, a new array begins. A jump costs the
// same however far it goes: the ids come from a file.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <vector>

namespace allocprof::model {

class StackIds {
 public:
  static constexpr uint32_t kUndefined = UINT32_MAX;

  struct Stack {
    uint32_t node = kUndefined;  // of the stack tree
    uint64_t depth = 0;          // bytes from the stack's base to the innermost frame's sp
  };

  void Set(uint32_t id, Stack stack) {
    if (const auto run = RunBefore(id); run != runs_.end()) {
      const uint32_t at = id - run->first;
      if (at < run->second.size()) {
        run->second[at] = stack;
        return;
      }
      if (at == run->second.size()) {
        run->second.push_back(stack);
        return;
      }
    }
    runs_[id].push_back(stack);
  }

  // Its node is kUndefined if it was never set.
  Stack Find(uint32_t id) const {
    const auto run = RunBefore(id);
    if (run == runs_.end() || id - run->first >= run->second.size()) return {};
    return run->second[id - run->first];
  }

 private:
  using Runs = std::map<uint32_t, std::vector<Stack>>;  // by first id

  // The run that begins at `id` or last before it. Runs do not overlap: one that has grown up to
  // the next is not the one before the ids of the next any more. The last is nearly always meant.
  template <typename Map>
  static auto Before(Map& runs, uint32_t id) {
    if (!runs.empty() && runs.rbegin()->first <= id) return std::prev(runs.end());
    const auto next = runs.upper_bound(id);
    return next == runs.begin() ? runs.end() : std::prev(next);
  }
  Runs::iterator RunBefore(uint32_t id) { return Before(runs_, id); }
  Runs::const_iterator RunBefore(uint32_t id) const { return Before(runs_, id); }

  Runs runs_;
};

}  // namespace allocprof::model
