// SPDX-License-Identifier: Apache-2.0
#include "model/activation_rule.h"

#include <algorithm>
#include <optional>

namespace allocprof::model {

using symbols::Reach;

ActivationRule::Kept ActivationRule::Compare(const std::vector<ActivationFrame>& before,
                                             const std::vector<ActivationFrame>& after,
                                             bool freeing) {
  const size_t both = std::min(before.size(), after.size());
  size_t equal = 0;
  while (equal < both && before[equal] == after[equal]) equal++;
  const auto kept = [](size_t frames, bool tail_call = false) {
    return Kept{static_cast<uint32_t>(frames), tail_call};
  };
  if (equal == 0) return kept(0);

  std::optional<size_t> unknown;
  if (equal < both) {
    // Same CFA, same return address, another pc.
    const Reach reach = Reaches(before[equal].location, after[equal].location);
    if (reach == Reach::kYes) return kept(equal + 1);
    if (reach == Reach::kUnknown) unknown = equal;
  } else if (equal < before.size()) {
    if (EndsInTailCall(before[equal].location, freeing) == Reach::kYes) return kept(equal, true);
  }
  for (size_t i = equal; i-- > 0;) {
    const Reach again = Reaches(before[i].location, before[i].location);
    if (again == Reach::kYes) return kept(i + 1);
    if (again == Reach::kUnknown) unknown = i;
  }
  // One of those that might have moved on did; it is nowhere further out than the outermost.
  return kept(unknown.value_or(0));
}

Reach ActivationRule::Reaches(uint32_t from, uint32_t to) {
  const auto [it, fresh] = reaches_.try_emplace(uint64_t{from} << 32 | to, Reach::kUnknown);
  if (!fresh) return it->second;
  const Location a = stacks_.locations()[from], b = stacks_.locations()[to];
  if (a.address == wire::kCutPc || b.address == wire::kCutPc) return Reach::kUnknown;
  Reach reach = Reach::kNo;
  if (a.module == b.module) {
    if (code_ == nullptr || a.module == kNoModule) {
      if (b.address > a.address) reach = Reach::kYes;
    } else {
      const trace::Module& m = trace_.modules[a.module];
      reach = code_->Reaches({m.path, m.build_id}, {a.address, a.exact}, {b.address, b.exact});
    }
  }
  it.value() = reach;
  return reach;
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
