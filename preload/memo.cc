// SPDX-License-Identifier: Apache-2.0
#include "memo.h"

namespace allocprof {
namespace {

constexpr uint32_t kWindow = 2048;      // tries between two looks at the hit rate
constexpr uint32_t kPause = 64 * 1024;  // events that a low rate is worth

struct Multipliers {
  uint64_t of[kMemoWords];
  constexpr Multipliers() : of() {
    uint64_t x = 0x9e3779b97f4a7c15;
    for (uint64_t& m : of) {  // splitmix64 (Steele, Lea, Flood 2014), made odd
      x += 0x9e3779b97f4a7c15;
      uint64_t z = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
      z = (z ^ z >> 27) * 0x94d049bb133111eb;
      m = (z ^ z >> 31) | 1;
    }
  }
};
constexpr Multipliers kMultipliers;

inline MemoEntry* Set(Memo* memo, const Site& site) {
  const uint64_t hash = (site.pc ^ site.sp << 7) * 0x9e3779b97f4a7c15u;
  return &memo->entries[(hash >> 56) * kMemoWays];
}
static_assert(kMemoSets == 256, "Set takes eight bits");

inline bool IsFor(const MemoEntry& e, const Site& site) {
  return e.pc == site.pc && e.sp == site.sp;
}

// Four words a turn, so that the loop's end is seldom mispredicted.
inline uint64_t SumOnStack(const MemoEntry& e) {
  const uint64_t* base = reinterpret_cast<const uint64_t*>(e.sp);
  uint64_t a = 0, b = 0;
  for (uint32_t i = 0; i < e.words; i += 4) {
    a += base[e.place[i]] * kMultipliers.of[i] + base[e.place[i + 1]] * kMultipliers.of[i + 1];
    b += base[e.place[i + 2]] * kMultipliers.of[i + 2] +
         base[e.place[i + 3]] * kMultipliers.of[i + 3];
  }
  return a + b;
}

}  // namespace

uint32_t Memo::Find(const Site& site, uint64_t seed, uint64_t* hash) {
  if (pause != 0) {
    pause--;
    return 0;
  }
  if (++tries == kWindow) {
    if (hits < kWindow * 6 / 10) pause = kPause;
    tries = hits = 0;
  }
  const MemoEntry* e = Set(this, site);
  if (!IsFor(*e, site) && !IsFor(*++e, site)) return 0;
  if (e->seed != seed || e->id == 0 || (e->need_bp && e->bp != site.bp)) return 0;
  if (SumOnStack(*e) != e->sum) return 0;
  hits++;
  *hash = e->hash;
  return e->id;
}

void Memo::Keep(const Site& site, const ShadowStack& shadow, uint32_t id) {
  const ShadowFrame& top = shadow.frames[shadow.count - 1];
  if (pause != 0 || top.words_end > kMemoWords || top.words_end == 0) return;
  MemoEntry* e = Set(this, site);
  if (!IsFor(*e, site)) {
    // The newest comes first; the older of the two falls out.
    if (!IsFor(e[1], site))
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
