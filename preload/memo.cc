// SPDX-License-Identifier: Apache-2.0
#include "memo.h"

namespace allocprof {
namespace {

constexpr uint32_t kWindow = 2048;      // tries between two looks at the hit rate
constexpr uint32_t kPause = 64 * 1024;  // events that a low rate is worth

constexpr uint64_t kMultiplier = 0x9fb21c651e98df25;

inline MemoEntry* Set(Memo* memo, const Site& site, uint64_t key) {
  const uint64_t hash = (site.pc ^ site.sp << 7 ^ key) * 0x9e3779b97f4a7c15u;
  return &memo->entries[(hash >> 56) * kMemoWays];
}
static_assert(kMemoSets == 256, "Set takes eight bits");

inline bool IsFor(const MemoEntry& e, const Site& site, uint64_t key) {
  return e.pc == site.pc && e.sp == site.sp && e.key == key;
}

// Four polynomials side by side: their multiplications overlap, and the loop's end is seldom
// mispredicted.
inline uint64_t SumOnStack(const MemoEntry& e) {
  const uint64_t* base = reinterpret_cast<const uint64_t*>(e.sp);
  uint64_t a = 0, b = 1, c = 2, d = 3;
  for (uint32_t i = 0; i < e.words; i += 4) {
    a = (a + base[e.place[i]]) * kMultiplier;
    b = (b + base[e.place[i + 1]]) * kMultiplier;
    c = (c + base[e.place[i + 2]]) * kMultiplier;
    d = (d + base[e.place[i + 3]]) * kMultiplier;
  }
  return a ^ (b << 16 | b >> 48) ^ (c << 32 | c >> 32) ^ (d << 48 | d >> 16);
}

}  // namespace

uint64_t Memo::KeyOf(const Site& site, uintptr_t high) {
  uint64_t key = 0;
  uintptr_t pc = site.pc, sp = site.sp;
  for (int i = 0; i < kMemoKeyFrames; i++) {
    const Rule rule = FindRule(pc - 1);
    const uintptr_t cfa = sp + static_cast<uintptr_t>(static_cast<intptr_t>(rule.offset));
    if (rule.kind != RuleKind::kSp || !Readable(cfa - 8, sp, high)) break;
    pc = StackWord(cfa - 8);
    sp = cfa;
    key = (key ^ pc) * kMultiplier;
  }
  return key;
}

uint32_t Memo::Find(const Site& site, uint64_t key, uint64_t seed, uint64_t* hash) {
  if (++tries == kWindow) {
    if (hits < kWindow * 6 / 10) pause = kPause;
    tries = hits = 0;
  }
  const MemoEntry* e = Set(this, site, key);
  if (!IsFor(*e, site, key) && !IsFor(*++e, site, key)) return 0;
  if (e->seed != seed || e->id == 0 || (e->need_bp && e->bp != site.bp)) return 0;
  if (SumOnStack(*e) != e->sum) return 0;
  hits++;
  *hash = e->hash;
  return e->id;
}

void Memo::Keep(const Site& site, uint64_t key, const ShadowStack& shadow, uint32_t id) {
  const ShadowFrame& top = shadow.frames[shadow.count - 1];
  if (pause != 0 || top.words_end > kMemoWords || top.words_end == 0) return;
  MemoEntry* e = Set(this, site, key);
  if (!IsFor(*e, site, key)) {
    // The newest comes first; the older of the two falls out.
    if (!IsFor(e[1], site, key))
      e[1] = e[0];
    else
      e++;
  }
  uint32_t n = 0;
  for (; n < top.words_end; n++) {
    const uint64_t place = (shadow.word_at[n] - site.sp) / 8;
    if (place > UINT16_MAX) {  // a stack of more than half a MiB
      e->id = 0;
      return;
    }
    e->place[n] = static_cast<uint16_t>(place);
  }
  for (; n % 4 != 0; n++) e->place[n] = e->place[n - 1];
  e->pc = site.pc;
  e->sp = site.sp;
  e->bp = site.bp;
  e->key = key;
  e->seed = shadow.seed;
  e->hash = shadow.hashes[shadow.count - 1];
  e->id = id;
  e->words = static_cast<uint16_t>(n);
  e->need_bp = top.need_bp;
  e->sum = SumOnStack(*e);
}

void Memo::Clear() {
  for (MemoEntry& e : entries) e.id = 0;
}

}  // namespace allocprof
