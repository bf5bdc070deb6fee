// SPDX-License-Identifier: Apache-2.0
#include "model/thread_stacks.h"

#include <algorithm>

namespace allocprof::model {

using wire::Event;

uint32_t ThreadStacks::LocationOf(const Event& e) {
  const bool exact = (e.flags & wire::kNodeExactPc) != 0;
  const uint64_t pc = e.address;
  if (pc == wire::kCutPc) return tree_.AddLocation(kNoModule, pc, true);
  // A return address may be the first byte behind its module's last function.
  const uint64_t key = pc << 1 | exact;
  if (const auto it = location_cache_.find(key); it != location_cache_.end()) {
    if (e.stamp >= it->second.from && e.stamp < it->second.until) return it->second.location;
  }
  const uint32_t module = modules_.Find(exact ? pc : pc - 1, e.stamp);
  const uint64_t address = module == kNoModule ? pc : pc - trace_.modules[module].bias;
  const uint32_t same = module == kNoModule ? kNoModule : modules_.FirstLoadOf(module);
  const uint32_t location = tree_.AddLocation(same, address, exact);
  const uint64_t until = module == kNoModule ? UINT64_MAX : trace_.modules[module].unloaded;
  location_cache_[key] = {location, e.stamp, until};
  return location;
}

StackIds& ThreadStacks::IdsOf(uint32_t thread) {
  if (thread >= ids_.size()) ids_.resize(thread + 1);
  return ids_[thread];
}

StackDefinition ThreadStacks::Define(uint32_t thread, const Event& e) {
  StackIds& ids = IdsOf(thread);
  const StackIds::Stack outer = e.parent == 0 ? StackIds::Stack{0, 0, 0} : ids.Find(e.parent);
  const uint32_t parent = outer.node;
  uint64_t depth = e.depth;
  // Below a frame whose depth is not known it is not known either.
  if (depth == wire::kDepthFollows) depth = outer.depth == 0 ? 0 : outer.depth + e.size;
  StackDefinition d{{thread, e.stack, 0, ++definitions_, depth},
                    e.parent,
                    outer.definition,
                    e.address,
                    e.size,
                    e.flags,
                    true};
  // A child of a lost definition is lost, too.
  if (parent == StackIds::kUndefined) {
    d.defined = false;
    ids.Set(e.stack, {StackIds::kUndefined, 0, depth});
    return d;
  }
  const auto frame_bytes = static_cast<uint32_t>(std::min<uint64_t>(e.size, UINT32_MAX));
  d.stack.node = tree_.AddNode(parent, LocationOf(e), frame_bytes, e.flags, depth);
  ids.Set(e.stack, {d.stack.node, d.stack.definition, depth});
  return d;
}

void ThreadStacks::Deeper(uint32_t thread, const Event& e) {
  StackIds& ids = IdsOf(thread);
  const StackIds::Stack known = ids.Find(e.stack);
  if (known.node == StackIds::kUndefined) return;
  ids.Set(e.stack, {known.node, known.definition, std::max(known.depth, e.depth)});
  tree_.Deeper(known.node, e.depth);
}

StackRef ThreadStacks::Find(uint32_t thread, uint32_t id, bool* defined) const {
  const StackIds::Stack known = thread < ids_.size() ? ids_[thread].Find(id) : StackIds::Stack{};
  *defined = known.node != StackIds::kUndefined;
  return {thread, id, *defined ? known.node : 0, known.definition, known.depth};
}

}  // namespace allocprof::model
