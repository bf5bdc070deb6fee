// SPDX-License-Identifier: Apache-2.0
//
// One step outwards: from a frame to its caller, by the rule at its pc. Both walks take it.
// Reads no word outside [sp, high) of the stack that it is on. Cost: a rule look-up, then a chain
// of two dependent loads (CFA, return address).
#pragma once

#include <stdint.h>
#include <string.h>

#include "rule_table.h"
#include "stack_walk.h"
#include "wire/format.h"

namespace allocprof {

// The state of one frame: what its rule starts from.
struct Cursor {
  uintptr_t pc, sp, bp;
  bool exact;  // pc is an instruction that was interrupted, not a return address
};

enum class Step { kCaller, kEnd, kCut };

inline uint64_t StackWord(uintptr_t at) {
  uint64_t v;
  memcpy(&v, reinterpret_cast<const void*>(at), 8);
  return v;
}

// A word may be read where it lies on the stack being walked, at or above `sp`.
inline bool Readable(uintptr_t at, uintptr_t sp, uintptr_t high) {
  return at >= sp && at <= high - 8 && (at & 7) == 0;
}

// Where the saved rbp of the caller is. REQUIRES: rule.bp() is not kBpKept.
inline uintptr_t SavedBpAt(const Rule& rule, uintptr_t cfa, uintptr_t bp) {
  return (rule.bp() == Rule::kBpAtCfa ? cfa : bp) +
         static_cast<uintptr_t>(rule.bp_slot * intptr_t{8});
}

inline uintptr_t DerefAt(const Rule& rule, uintptr_t sp, uintptr_t bp) {
  return (rule.kind == RuleKind::kDerefSp ? sp : bp) +
         static_cast<uintptr_t>(static_cast<intptr_t>(rule.offset));
}

// ucontext_t of the code that a signal interrupted, relative to the signal frame's sp (psABI;
// <sys/ucontext.h>).
inline constexpr uintptr_t kContextBp = 120, kContextSp = 160, kContextPc = 168;

// The step by a plain rule. Returns false when the CFA is not on the stack, which ends at `high`.
// REQUIRES: c->sp is aligned, and c->pc a return address. Both loads are made whether or not they
// are needed: a conditional move costs less than a branch that nothing predicts.
[[gnu::always_inline]] inline bool StepPlainly(Cursor* c, Rule rule, uintptr_t high) {
  const uintptr_t cfa = c->sp + static_cast<uint32_t>(rule.offset);
  if (__builtin_expect(cfa > high, 0)) return false;
  const uint64_t saved = StackWord(cfa + static_cast<uintptr_t>(rule.bp_slot * intptr_t{8}));
  c->bp = rule.bp() == Rule::kBpKept ? c->bp : saved;
  c->pc = StackWord(cfa - 8);
  c->sp = cfa;
  return true;
}

// Moves `c` to its caller by `rule`, that of its pc. `high` ends the stack that c->sp is on. Sets
// the frame's bytes and flags. After a signal frame c->sp may be on another stack: then bytes is 0.
inline Step StepBy(Rule rule, Cursor* c, uintptr_t high, uint32_t* bytes, uint8_t* flags) {
  *flags = c->exact ? wire::kNodeExactPc : 0;
  *bytes = 0;
  uintptr_t cfa;
  if (__builtin_expect(rule.kind == RuleKind::kPlain || rule.kind == RuleKind::kSp, 1)) {
    cfa = c->sp + static_cast<uintptr_t>(static_cast<intptr_t>(rule.offset));
  } else {
    switch (rule.kind) {
      case RuleKind::kBp:
        cfa = c->bp + static_cast<uintptr_t>(static_cast<intptr_t>(rule.offset));
        *flags |= wire::kNodeVariable;
        break;
      case RuleKind::kDerefSp:
      case RuleKind::kDerefBp: {
        const uintptr_t at = DerefAt(rule, c->sp, c->bp);
        if (!Readable(at, c->sp, high)) return Step::kCut;
        cfa = StackWord(at) + rule.plus();
        *flags |= wire::kNodeVariable;
        break;
      }
      case RuleKind::kSignal: {
        const uintptr_t from = c->sp;
        if (!Readable(from + kContextPc, from, high)) return Step::kCut;
        c->pc = StackWord(from + kContextPc);
        c->sp = StackWord(from + kContextSp);
        c->bp = StackWord(from + kContextBp);
        c->exact = true;
        *flags |= wire::kNodeVariable;  // what lies below the interrupted sp is aligned
        if (c->sp > from && c->sp < high) *bytes = static_cast<uint32_t>(c->sp - from);
        return c->pc == 0 ? Step::kCut : Step::kCaller;
      }
      case RuleKind::kNoCfi: {
        // Code without unwind tables: JIT, -fno-asynchronous-unwind-tables, assembly.
        const uintptr_t bp = c->bp;
        if (bp == 0)
          return Step::kEnd;  // marks the deepest frame (psABI 3.4.1): the loader's start
        if (!Readable(bp, c->sp, high - 8)) return Step::kCut;
        const uintptr_t pc = StackWord(bp + 8);
        if (pc < 4096 || pc >> 47 != 0) return Step::kCut;
        *flags |= wire::kNodeGuessed | wire::kNodeVariable;
        *bytes = static_cast<uint32_t>(bp + 16 - c->sp);
        *c = {pc, bp + 16, StackWord(bp), false};
        return Step::kCaller;
      }
      case RuleKind::kEnd:
        return Step::kEnd;
      default:
        return Step::kCut;
    }
  }
  if (cfa <= c->sp || !Readable(cfa - 8, c->sp, high)) return Step::kCut;
  if (rule.bp() != Rule::kBpKept) {
    const uintptr_t at = SavedBpAt(rule, cfa, c->bp);
    if (!Readable(at, c->sp, high)) return Step::kCut;
    c->bp = StackWord(at);
  }
  *bytes = static_cast<uint32_t>(cfa - c->sp);
  c->pc = StackWord(cfa - 8);
  c->sp = cfa;
  c->exact = false;
  return c->pc == 0 ? Step::kEnd : Step::kCaller;
}

inline Step StepOut(Cursor* c, uintptr_t high, Rule* used, uint32_t* bytes, uint8_t* flags) {
  *used = FindRule(c->exact ? c->pc : c->pc - 1);
  return StepBy(*used, c, high, bytes, flags);
}

}  // namespace allocprof
