// SPDX-License-Identifier: Apache-2.0
#include "memo.h"

namespace allocprof {
namespace {

constexpr uint32_t kWindow = 2048;      // tries between two looks at the hit rate
constexpr uint32_t kPause = 64 * 1024;  // events that a low rate is worth

// What goes with pc and sp to tell stacks apart before their words are compared.
uint64_t KeyOf(const Site& site, uintptr_t high) {
  uint64_t key = 0;
  uintptr_t pc = site.pc, sp = site.sp;
  const uint64_t generation = RuleGeneration();
  for (int i = 0; i < kMemoKeyFrames; i++) {
    const Rule rule = FindRule(pc - 1, generation);
    const uintptr_t cfa = sp + static_cast<uintptr_t>(static_cast<intptr_t>(rule.offset));
    if (rule.kind != RuleKind::kPlain || cfa > high) break;
    pc = StackWord(cfa - 8);
    sp = cfa;
    key = (key ^ pc) * 0x9fb21c651e98df25u;
  }
  return key;
}

inline uint32_t SetOf(const Site& site, uint64_t key) {
  const uint64_t hash = (site.pc ^ site.sp << 7 ^ key) * 0x9e3779b97f4a7c15u;
  return static_cast<uint32_t>(hash >> 56) * kMemoWays;
}
static_assert(kMemoSets == 256, "SetOf takes eight bits");

inline bool IsFor(const MemoEntry& e, const Site& site, uint64_t key) {
  return e.pc == site.pc && e.sp == site.sp && e.key == key;
}

}  // namespace

const MemoEntry* Memo::Find(const Site& site, uintptr_t high, uint32_t generation, uint64_t* key) {
  // Here, where the hits that were guessed do not come by: a window is then longer, at no cost.
  // Guesses that failed count as misses until they are found here.
  if (misses + hits >= kWindow) {
    if (hits < (misses + hits) / 10 * 6) pause = kPause;
    misses = hits = 0;
  }
  *key = KeyOf(site, high);
  const MemoEntry* e = &entries[SetOf(site, *key)];
  if (!IsFor(*e, site, *key) && !IsFor(*++e, site, *key)) return nullptr;
  if (!IsAt(*e, site, generation) || SumOnStack(*e) != e->sum) return nullptr;
  hits++;
  misses -= misses != 0;
  Found(site, e);
  return e;
}

void Memo::Found(const Site& site, const MemoEntry* e) {
  const auto line = static_cast<uint32_t>(e - entries) * uint32_t{sizeof(MemoEntry) / 64};
  *Guess(site) = static_cast<uint16_t>(line);
  last = last << 16 | line;
}

void Memo::Keep(const Site& site, uint64_t key, uint32_t generation, const ShadowStack& shadow,
                uint32_t id) {
  const ShadowFrame& top = shadow.frames[shadow.count - 1];
  if (pause != 0 || top.words_end > kMemoWords || top.words_end == 0) return;
  MemoEntry* e = &entries[SetOf(site, key)];
  if (!IsFor(*e, site, key)) {
    // The newest comes first; the older of the two falls out.
    if (!IsFor(e[1], site, key))
      e[1] = e[0];
    else
      e++;
  }
  e->pc = 0;  // empty until it is whole
  uint32_t n = 0;
  for (; n < top.words_end; n++) {
    const uint64_t place = (shadow.word_at[n] - site.sp) / 8;
    if (place > UINT16_MAX) return;  // a stack of more than half a MiB
    e->place[n] = static_cast<uint16_t>(place);
  }
  for (; n % 4 != 0; n++) e->place[n] = e->place[n - 1];
  e->pc = site.pc;
  e->sp = site.sp;
  e->bp = site.bp;
  e->key = key;
  e->generation = generation;
  e->hash = shadow.hashes[shadow.count - 1];
  e->id = id;
  e->words = static_cast<uint16_t>(n);
  e->bp_mask = top.need_bp ? -1 : 0;
  e->sum = SumOnStack(*e);
  Found(site, e);
}

void Memo::Clear() {
  for (MemoEntry& e : entries) e.pc = 0;
}

}  // namespace allocprof
