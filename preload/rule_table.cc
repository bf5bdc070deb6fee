// SPDX-License-Identifier: Apache-2.0
#include "rule_table.h"

#include <dlfcn.h>
#include <sys/mman.h>

#include "modules.h"
#include "sys.h"

namespace allocprof {

RuleSet* rule_sets = nullptr;
std::atomic<uint64_t> module_generation{1};

namespace {
constexpr uint64_t kBusy = uint64_t{1} << 63;
constexpr uint32_t kProbes = 4;  // sets
}  // namespace

bool MapRuleTable() {
  if (rule_sets != nullptr) return true;
  void* p = sys::MMap(sizeof(RuleSet) << kRuleSetsLog2, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  rule_sets = static_cast<RuleSet*>(p);
  return p != nullptr;
}

Rule RuleMiss(uintptr_t at, uint64_t key, uint32_t first) {
  constexpr uint32_t mask = (1u << kRuleSetsLog2) - 1;
  RuleSet* free_set = nullptr;
  uint32_t free_way = 0;
  uint64_t free_key = 0;
  for (uint32_t i = 0; i < kProbes * kRuleWays; i++) {
    RuleSet& s = rule_sets[(first + i / kRuleWays) & mask];
    const uint32_t way = i % kRuleWays;
    const uint64_t seen = s.key[way].load(std::memory_order_acquire);
    if (seen == key) {
      const uint64_t word = s.rule[way].load(std::memory_order_acquire);
      if (s.key[way].load(std::memory_order_relaxed) == key) return __builtin_bit_cast(Rule, word);
    }
    const bool stale = (seen & kBusy) == 0 && (seen ^ key) >> 48 != 0;
    if (free_set == nullptr && (seen == 0 || stale)) {
      free_set = &s;
      free_way = way;
      free_key = seen;
    }
  }

  Rule rule{.kind = RuleKind::kNoCfi};
  dl_find_object object{};
  if (at >> 47 == 0 && _dl_find_object(reinterpret_cast<void*>(at), &object) == 0) {
    NoteModule(object);
    rule = Plain(CompileRule(at, static_cast<const uint8_t*>(object.dlfo_eh_frame),
                             reinterpret_cast<uintptr_t>(object.dlfo_map_start),
                             reinterpret_cast<uintptr_t>(object.dlfo_map_end)));
  }
  // A full neighbourhood, or a lost race, only costs the compilation again next time.
  if (free_set != nullptr &&
      free_set->key[free_way].compare_exchange_strong(free_key, kBusy, std::memory_order_acq_rel)) {
    free_set->rule[free_way].store(__builtin_bit_cast(uint64_t, rule), std::memory_order_release);
    free_set->key[free_way].store(key, std::memory_order_release);
  }
  return rule;
}

}  // namespace allocprof
