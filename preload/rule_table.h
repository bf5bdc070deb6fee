// SPDX-License-Identifier: Apache-2.0
//
// The process-wide cache of unwind rules: code address -> Rule.
//
// An entry is two words: a key that holds the address and the generation of loaded modules it was
// compiled in, and the rule. Writers take a slot by setting the key's busy bit (CAS), write the
// rule, then the key; readers load key, rule, key. A slot of an older generation is an empty slot.
// Nobody waits: a reader that meets a writer compiles the rule itself.
// Four slots make a cache line, chosen by the 64 bytes of code around the address: the call sites
// of one function share lines. Cost: 2 ns for a hit in L1.
#pragma once

#include <stdint.h>
#include <atomic>

#include "cfi.h"

namespace allocprof {

struct RuleSlot {
  std::atomic<uint64_t> key;
  std::atomic<uint64_t> rule;
};

inline constexpr uint32_t kRuleSlotsLog2 = 16;   // 1 MiB; cc1plus has 9,712 call sites
extern RuleSlot* rule_slots;                     // nullptr until MapRuleTable
extern std::atomic<uint64_t> module_generation;  // grows when a module is unmapped

bool MapRuleTable();
Rule RuleMiss(uintptr_t at, uint64_t key, uint32_t slot);

inline constexpr uint32_t kRuleWays = 4;
inline constexpr uint32_t kRuleSetsLog2 = kRuleSlotsLog2 - 2;

inline Rule FindRule(uintptr_t at) {
  const uint64_t generation = module_generation.load(std::memory_order_relaxed) & 0x7fff;
  const uint64_t key = at | generation << 48;
  const auto set = static_cast<uint32_t>(((at >> 6) * 0x9e3779b97f4a7c15u) >> (64 - kRuleSetsLog2));
  RuleSlot* s = rule_slots + size_t{set} * kRuleWays;
  for (uint32_t way = 0; way < kRuleWays; way++, s++) {
    if (s->key.load(std::memory_order_acquire) != key) continue;
    const uint64_t word = s->rule.load(std::memory_order_acquire);
    if (__builtin_expect(s->key.load(std::memory_order_relaxed) == key, 1)) {
      return __builtin_bit_cast(Rule, word);
    }
  }
  return RuleMiss(at, key, set * kRuleWays);
}

}  // namespace allocprof
