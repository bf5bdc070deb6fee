// SPDX-License-Identifier: Apache-2.0
#include "memo.h"

#include <string.h>

namespace allocprof {
namespace {

constexpr uint32_t kWindow = 2048;        // tries between two looks at the hit rate
constexpr uint32_t kPause = 64 * 1024;    // events that a low rate is worth

inline uint32_t Slot(const Site& site) {
  return static_cast<uint32_t>(((site.pc ^ site.sp << 7) * 0x9e3779b97f4a7c15u) >> 56);
}
static_assert(kMemoEntries == 256, "Slot takes eight bits");

}  // namespace

uint32_t Memo::Find(const Site& site, uint64_t seed) {
  if (pause != 0) {
    pause--;
    return 0;
  }
  if (++tries == kWindow) {
    if (hits < kWindow * 6 / 10) pause = kPause;
    tries = hits = 0;
  }
  const MemoEntry& e = entries[Slot(site)];
  if (e.pc != site.pc || e.sp != site.sp || e.seed != seed || e.id == 0 ||
      (e.need_bp && e.bp != site.bp)) {
    return 0;
  }
  uint64_t changed = 0;
  for (uint32_t i = 0; i < e.words; i++) changed |= StackWord(e.at[i]) ^ e.word[i];
  if (changed != 0) return 0;
  hits++;
  return e.id;
}

void Memo::Keep(const Site& site, const ShadowStack& shadow, uint32_t id) {
  const ShadowFrame& top = shadow.frames[shadow.count - 1];
  if (pause != 0 || top.words_end > kMemoWords) return;
  MemoEntry& e = entries[Slot(site)];
  e.pc = site.pc;
  e.sp = site.sp;
  e.bp = site.bp;
  e.seed = shadow.seed;
  e.id = id;
  e.words = static_cast<uint16_t>(top.words_end);
  e.need_bp = top.need_bp;
  memcpy(e.at, shadow.word_at, top.words_end * sizeof(e.at[0]));
  memcpy(e.word, shadow.word, top.words_end * sizeof(e.word[0]));
}

void Memo::Clear() {
  for (MemoEntry& e : entries) e.id = 0;
}

}  // namespace allocprof
