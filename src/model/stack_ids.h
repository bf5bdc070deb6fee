// SPDX-License-Identifier: Apache-2.0
//
// A thread's own stack ids -> nodes of the stack tree. Ids count up by one, so they are an array;
// where some are missing, because a chunk is lost or lies, a new array begins. A jump costs the
// same however far it goes: the ids come from a file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

namespace allocprof::model {

class StackIds {
 public:
  static constexpr uint32_t kUndefined = UINT32_MAX;

  struct Stack {
    uint32_t node = kUndefined;  // of the stack tree
    uint32_t definition = 0;     // see StackRef
    uint64_t depth = 0;          // bytes from the stack's base to the innermost frame's sp
  };

  void Set(uint32_t id, Stack stack) {
    if (Run* run = RunBefore(id)) {
      const uint32_t at = id - run->first;
      if (at < run->stacks.size()) {
        run->stacks[at] = stack;
        return;
      }
      if (at == run->stacks.size()) {
        run->stacks.push_back(stack);
        return;
      }
    }
    runs_.insert(Behind(id), Run{id, {stack}});
  }

  // Its node is kUndefined if it was never set.
  Stack Find(uint32_t id) const {
    const Run* run = const_cast<StackIds*>(this)->RunBefore(id);
    return run != nullptr && id - run->first < run->stacks.size() ? run->stacks[id - run->first]
                                                                  : Stack{};
  }

 private:
  struct Run {
    uint32_t first;
    std::vector<Stack> stacks;
  };
  using Runs = std::vector<Run>;  // by first id

  // The first run that begins behind `id`.
  Runs::iterator Behind(uint32_t id) {
    return std::upper_bound(runs_.begin(), runs_.end(), id,
                            [](uint32_t wanted, const Run& run) { return wanted < run.first; });
  }

  // The run that begins at `id` or last before it. Runs do not overlap: one that has grown up to
  // the next is not the one before the ids of the next any more. The last is nearly always meant.
  Run* RunBefore(uint32_t id) {
    if (!runs_.empty() && runs_.back().first <= id) return &runs_.back();
    const auto behind = Behind(id);
    return behind == runs_.begin() ? nullptr : &*std::prev(behind);
  }

  Runs runs_;
};

}  // namespace allocprof::model
