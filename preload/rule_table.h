// SPDX-License-Identifier: Apache-2.0
//
// The process-wide cache of unwind rules: code address -> Rule.
//
// A rule has two words: a key that holds the address and the generation of loaded modules it was
// compiled in, and the rule. Writers take a place by setting the key's busy bit (CAS), write the
// rule, then the key; readers load key, rule, key. A key of an older generation is an empty place.
// Nobody waits: a reader that meets a writer compiles the rule itself.
// Four keys and their rules make a cache line, chosen by the 64 bytes of code around the address:
// the call sites of one function share lines. The keys are compared without a branch, since which
// of the four it is cannot be predicted. Cost: 2 ns for a hit in L1.
#pragma once

#include <stdint.h>
#include <atomic>

#include "cfi.h"

namespace allocprof {

inline constexpr uint32_t kRuleWays = 4;

struct alignas(64) RuleSet {
  std::atomic<uint64_t> key[kRuleWays];
  std::atomic<uint64_t> rule[kRuleWays];
};

inline constexpr uint32_t kRuleSetsLog2 = 14;    // 1 MiB; cc1plus has 9,712 call sites
extern RuleSet* rule_sets;                       // nullptr until MapRuleTable
extern std::atomic<uint64_t> module_generation;  // grows when a module is unmapped

bool MapRuleTable();
Rule RuleMiss(uintptr_t at, uint64_t key, uint32_t set);

// What stands above the address in a key, for the generation at hand.
inline uint64_t RuleGeneration() {
  return (module_generation.load(std::memory_order_relaxed) & 0x7fff) << 48;
}

inline Rule FindRule(uintptr_t at, uint64_t generation) {
  const uint64_t key = at | generation;
  const auto set = static_cast<uint32_t>(((at >> 6) * 0x9e3779b97f4a7c15u) >> (64 - kRuleSetsLog2));
  const RuleSet& s = rule_sets[set];
  // Sums of comparisons, of which no compiler makes branches. Of two equal keys, which two threads
  // may have left, the sum may name another place: then the last test fails.
  const auto is = [&](uint32_t i) -> uint32_t {
    return s.key[i].load(std::memory_order_acquire) == key;
  };
  const uint32_t found = is(0) * 4 + is(1) * 5 + is(2) * 6 + is(3) * 7;
  const uint32_t way = found & 3;
  const uint64_t word = s.rule[way].load(std::memory_order_acquire);
  const bool same = s.key[way].load(std::memory_order_relaxed) == key;
  if (__builtin_expect(same & (found >= 4), 1)) return __builtin_bit_cast(Rule, word);
  return RuleMiss(at, key, set);
}

inline Rule FindRule(uintptr_t at) { return FindRule(at, RuleGeneration()); }

}  // namespace allocprof
