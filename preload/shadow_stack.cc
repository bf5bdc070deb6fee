// SPDX-License-Identifier: Apache-2.0
#include "shadow_stack.h"

#include "path_hash.h"

namespace allocprof {
namespace {

bool UsesBp(const Rule& rule) {
  return rule.kind == RuleKind::kBp || rule.kind == RuleKind::kDerefBp ||
         rule.kind == RuleKind::kNoCfi || rule.bp() == Rule::kBpAtBp;
}

// The caller's rbp, from the true state of `f` and its CFA.
uintptr_t CallerBp(const ShadowFrame& f, uintptr_t cfa) {
  if (__builtin_expect(f.rule.kind == RuleKind::kPlain, 1)) {
    const uint64_t saved = StackWord(SavedBpAt(f.rule, cfa, cfa));
    return f.rule.bp() == Rule::kBpKept ? f.bp : saved;
  }
  if (f.rule.kind == RuleKind::kSignal) return StackWord(f.sp + kContextBp);
  if (f.rule.kind == RuleKind::kNoCfi) return StackWord(f.bp);
  return f.rule.bp() == Rule::kBpKept ? f.bp : StackWord(SavedBpAt(f.rule, cfa, f.bp));
}

}  // namespace

bool ShadowStack::GiveUp() {
  count = 0;
  return false;
}

// How many words, from the outermost, still have their values; all of them up to frame `top`, if
// that many. Four words a turn, no branch among them: the loads are independent.
inline uint32_t ShadowStack::GoodWords(uint32_t top) const {
  const uint32_t n = frames[top].words_end;
  uint32_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const uint64_t changed =
        (StackWord(word_at[i]) ^ word[i]) | (StackWord(word_at[i + 1]) ^ word[i + 1]) |
        (StackWord(word_at[i + 2]) ^ word[i + 2]) | (StackWord(word_at[i + 3]) ^ word[i + 3]);
    if (__builtin_expect(changed != 0, 0)) break;
  }
  while (i < n && StackWord(word_at[i]) == word[i]) i++;
  return i;
}

// The innermost frame, at or below `top`, one of whose words has changed.
// REQUIRES: GoodWords(top) == good, which is not all of them.
inline uint32_t ShadowStack::InnermostBad(uint32_t top, uint32_t good) const {
  uint32_t i = frames[top].words_end - 1;
  while (i > good && StackWord(word_at[i]) == word[i]) i--;
  uint32_t frame = top;
  while (frame > 0 && frames[frame - 1].words_end > i) frame--;
  return frame;
}

// As Push, of a frame with a plain rule that has a caller: no branch.
inline void ShadowStack::PushPlain(const ShadowFrame& pushed) {
  const ShadowFrame& caller = frames[count - 1];
  ShadowFrame& f = frames[count];
  f = pushed;
  f.id = 0;
  const uint32_t w = caller.words_end;
  word_at[w] = caller.sp - 8;
  word[w] = caller.pc;
  const bool kept = f.rule.bp() == Rule::kBpKept;
  word_at[w + 1] = SavedBpAt(f.rule, caller.sp, caller.sp);
  word[w + 1] = caller.bp;
  f.words_end = w + 1 + (caller.need_bp & !kept);
  f.need_bp = caller.need_bp & kept;
  hashes[count] = MixPath(hashes[count - 1], f.pc, 0, 0);
  count++;
}

// `frame` becomes the innermost: its words are those by which its caller, now on top, was found.
inline void ShadowStack::Push(const ShadowFrame& pushed) {
  ShadowFrame& f = frames[count];
  f = pushed;
  f.id = 0;
  uint32_t w = 0;
  uint64_t hash = seed;
  f.need_bp = false;
  if (__builtin_expect(count > 0, 1)) {
    const ShadowFrame& caller = frames[count - 1];
    w = caller.words_end;
    hash = hashes[count - 1];
    if (__builtin_expect(f.rule.kind == RuleKind::kSignal, 0)) {
      word_at[w] = f.sp + kContextPc;
      word[w++] = caller.pc;
      word_at[w] = f.sp + kContextSp;
      word[w++] = caller.sp;
      if (caller.need_bp) {
        word_at[w] = f.sp + kContextBp;
        word[w++] = caller.bp;
      }
    } else if (__builtin_expect(f.rule.kind == RuleKind::kNoCfi, 0)) {
      word_at[w] = f.bp + 8;
      word[w++] = caller.pc;
      if (caller.need_bp) {
        word_at[w] = f.bp;
        word[w++] = caller.bp;
      }
      f.need_bp = true;
    } else {
      word_at[w] = caller.sp - 8;
      word[w++] = caller.pc;
      if (caller.need_bp && f.rule.bp() != Rule::kBpKept) {
        word_at[w] = SavedBpAt(f.rule, caller.sp, f.bp);
        word[w++] = caller.bp;
      }
      if (f.rule.kind == RuleKind::kDerefSp || f.rule.kind == RuleKind::kDerefBp) {
        word_at[w] = DerefAt(f.rule, f.sp, f.bp);
        word[w++] = caller.sp - f.rule.plus();
      }
      f.need_bp = UsesBp(f.rule) || (f.rule.bp() == Rule::kBpKept && caller.need_bp);
    }
  } else if (f.rule.kind == RuleKind::kNoCfi) {
    f.need_bp = true;  // zero: the deepest frame
  } else if (f.rule.kind != RuleKind::kEnd) {
    // The stack ended at a return address of zero.
    word_at[w] = f.sp + f.bytes - 8;
    word[w++] = 0;
    f.need_bp = UsesBp(f.rule);
    if (f.rule.kind == RuleKind::kDerefSp || f.rule.kind == RuleKind::kDerefBp) {
      word_at[w] = DerefAt(f.rule, f.sp, f.bp);
      word[w++] = f.sp + f.bytes - f.rule.plus();
    }
  }
  f.words_end = w;
  hashes[count] = MixPath(hash, f.pc, f.bytes, f.flags);
  count++;
}

uint32_t ShadowStack::Current(const Site& site, uint64_t new_seed, uint32_t* good) {
  *good = UINT32_MAX;
  if (__builtin_expect(seed != new_seed, 0)) {
    seed = new_seed;
    count = 0;
  }
  const uint32_t n = count;
  if (n == 0) return kShadowFrames;
  const ShadowFrame& top = frames[n - 1];
  const bool same =
      top.sp == site.sp && top.pc == site.pc && !top.exact && (!top.need_bp || top.bp == site.bp);
  if (!same) return kShadowFrames;
  *good = GoodWords(n - 1);
  return *good == top.words_end ? n - 1 : kShadowFrames;
}

// `good` is UINT32_MAX until words have been compared.
bool ShadowStack::Update(const Site& site, uintptr_t high, uint32_t good) {
  uint32_t n = count;
  uint32_t k = 0;
  const uint64_t generation = RuleGeneration();
  Cursor c{site.pc, site.sp, site.bp, false};
  for (;;) {
    while (n > 0 && frames[n - 1].sp < c.sp) n--;
    if (n > 0) {
      const ShadowFrame& top = frames[n - 1];
      if (top.sp == c.sp && top.pc == c.pc && top.exact == c.exact &&
          (!top.need_bp || top.bp == c.bp)) {
        if (good == UINT32_MAX) good = GoodWords(n - 1);
        if (__builtin_expect(top.words_end <= good, 1)) break;
        // Frames inside the changed one are as they were and are taken over; only their rbp is
        // found again, since the shadow keeps it true no longer than it mattered.
        const uint32_t bad = InnermostBad(n - 1, good);
        if (k + (n - bad) > kShadowFrames) return GiveUp();
        while (n - 1 > bad) {
          ShadowFrame& f = walked[k++];
          f = frames[--n];
          f.bp = c.bp;
          c.bp = CallerBp(f, frames[n - 1].sp);
        }
        c = {frames[bad].pc, frames[bad].sp, c.bp, frames[bad].exact};
        n = bad;
      }
    }
    if (__builtin_expect(k == kShadowFrames, 0)) return GiveUp();
    ShadowFrame& f = walked[k++];
    f.pc = c.pc;
    f.sp = c.sp;
    f.bp = c.bp;
    f.exact = c.exact;
    f.rule = FindRule(c.exact ? c.pc : c.pc - 1, generation);
    if (__builtin_expect((f.rule.kind == RuleKind::kPlain) & !c.exact, 1)) {
      f.bytes = static_cast<uint32_t>(f.rule.offset);
      f.flags = 0;
      if (__builtin_expect(!StepPlainly(&c, f.rule, high), 0)) return GiveUp();
      if (__builtin_expect(c.pc != 0, 1)) continue;
      n = 0;
      break;
    }
    const Step step = StepBy(f.rule, &c, high, &f.bytes, &f.flags);
    if (__builtin_expect(step != Step::kCaller, 0)) {
      if (step == Step::kCut) return GiveUp();
      n = 0;
      break;
    }
    if (__builtin_expect(f.rule.kind == RuleKind::kSignal && f.bytes == 0, 0)) {
      return GiveUp();  // the interrupted code ran on another stack
    }
  }
  if (__builtin_expect(n + k > kShadowFrames, 0)) return GiveUp();
  count = n;
  while (k > 0) {
    const ShadowFrame& f = walked[--k];
    if (__builtin_expect((f.rule.kind == RuleKind::kPlain) & (f.flags == 0) & (count > 0), 1)) {
      PushPlain(f);
    } else {
      Push(f);
    }
  }
  return true;
}

}  // namespace allocprof
