// SPDX-License-Identifier: Apache-2.0
#include "model/activation_rule.h"

#include <algorithm>
#include <optional>

namespace allocprof::model {

using symbols::Reach;

ActivationRule::Kept ActivationRule::Compare(const ActivationStacks& stacks, uint32_t before,
                                             uint32_t after, bool freeing) {
  const auto kept = [](size_t frames, bool tail_call = false) {
    return Kept{static_cast<uint32_t>(frames), tail_call};
  };
  // The innermost equal frame of both, 0: none, and what is behind it, 0: nothing. From the inside
  // outwards: where the two are one stack, all further out is equal.
  const uint32_t both = std::min(stacks[before].frames, stacks[after].frames);
  uint32_t equal = before, behind_before = 0, behind_after = 0;
  for (; stacks[equal].frames > both; equal = stacks[equal].parent) behind_before = equal;
  uint32_t other = after;
  for (; stacks[other].frames > both; other = stacks[other].parent) behind_after = other;
  for (uint32_t a = equal; a != other; a = stacks[a].parent, other = stacks[other].parent) {
    if (stacks[a].location == stacks[other].location && stacks[a].depth == stacks[other].depth) {
      continue;
    }
    equal = stacks[a].parent;
    behind_before = a;
    behind_after = other;
  }
  if (equal == 0) return kept(0);

  std::optional<size_t> unknown;
  if (behind_before != 0 && behind_after != 0) {
    // Same CFA, same return address, another pc.
    const Reach reach = Reaches(stacks[behind_before].location, stacks[behind_after].location);
    if (reach == Reach::kYes) return kept(stacks[equal].frames + size_t{1});
    if (reach == Reach::kUnknown) unknown = stacks[equal].frames;
  } else if (behind_before != 0) {
    if (EndsInTailCall(stacks[behind_before].location, freeing) == Reach::kYes) {
      return kept(stacks[equal].frames, true);
    }
  }
  for (uint32_t i = equal; i != 0; i = stacks[i].parent) {
    const Reach again = ReachesItself(stacks[i].location);
    if (again == Reach::kYes) return kept(stacks[i].frames);
    if (again == Reach::kUnknown) unknown = stacks[i].frames - 1;
  }
  // One of those that might have moved on did; it is nowhere further out than the outermost.
  return kept(unknown.value_or(0));
}

Reach ActivationRule::ReachesItself(uint32_t location) {
  if (location >= itself_.size()) itself_.resize(stacks_.locations().size());
  std::optional<Reach>& known = itself_[location];
  if (!known) known = Ask(location, location);
  return *known;
}

Reach ActivationRule::Reaches(uint32_t from, uint32_t to) {
  if (from == to) return ReachesItself(from);
  return reaches_.Of(from, to, [&] { return Ask(from, to); });
}

Reach ActivationRule::Ask(uint32_t from, uint32_t to) const {
  const Location a = stacks_.locations()[from], b = stacks_.locations()[to];
  if (a.address == wire::kCutPc || b.address == wire::kCutPc) return Reach::kUnknown;
  if (a.module != b.module) return Reach::kNo;
  if (code_ == nullptr || a.module == kNoModule) {
    return b.address > a.address ? Reach::kYes : Reach::kNo;
  }
  const trace::Module& m = trace_.modules[a.module];
  return code_->Reaches({m.path, m.build_id}, {a.address, a.exact}, {b.address, b.exact});
}

Reach ActivationRule::EndsInTailCall(uint32_t from, bool freeing) {
  const auto [it, fresh] = tail_calls_.try_emplace(uint64_t{from} << 1 | freeing, Reach::kUnknown);
  if (!fresh) return it->second;
  const Location at = stacks_.locations()[from];
  if (code_ == nullptr || at.module == kNoModule) return Reach::kUnknown;
  const trace::Module& m = trace_.modules[at.module];
  const Reach reach = code_->EndsInTailCall({m.path, m.build_id}, {at.address, at.exact}, freeing);
  it.value() = reach;
  return reach;
}

}  // namespace allocprof::model
