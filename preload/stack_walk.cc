// SPDX-License-Identifier: Apache-2.0
#include "stack_walk.h"

#include <string.h>

#include "mapping.h"
#include "real.h"
#include "rule_table.h"
#include "wire/format.h"

namespace allocprof {
namespace {

uint64_t Word(uintptr_t at) {
  uint64_t v;
  memcpy(&v, reinterpret_cast<const void*>(at), 8);
  return v;
}

struct Cursor {
  uintptr_t pc, sp, bp;
  uintptr_t high;  // end of the stack that sp lies on
  bool exact;      // pc is an instruction, not a return address
};

enum class Step { kCaller, kEnd, kCut };

// A word may be read where it lies on the stack being walked, at or above `sp`.
bool Readable(uintptr_t at, uintptr_t sp, uintptr_t high) {
  return at >= sp && at <= high - 8 && (at & 7) == 0;
}

// Moves from a frame to its caller and says how many bytes the frame has.
Step StepOut(Cursor* c, StackBounds* bounds, Frame* frame) {
  const Rule rule = FindRule(c->exact ? c->pc : c->pc - 1);
  uintptr_t cfa;
  frame->flags = c->exact ? wire::kNodeExactPc : 0;
  frame->bytes = 0;
  switch (rule.kind) {
    case RuleKind::kSp:
      cfa = c->sp + static_cast<uintptr_t>(static_cast<intptr_t>(rule.offset));
      break;
    case RuleKind::kBp:
      cfa = c->bp + static_cast<uintptr_t>(static_cast<intptr_t>(rule.offset));
      frame->flags |= wire::kNodeVariable;
      break;
    case RuleKind::kDerefSp:
    case RuleKind::kDerefBp: {
      const uintptr_t at = (rule.kind == RuleKind::kDerefSp ? c->sp : c->bp) +
                           static_cast<uintptr_t>(static_cast<intptr_t>(rule.offset));
      if (!Readable(at, c->sp, c->high)) return Step::kCut;
      cfa = Word(at) + rule.plus();
      frame->flags |= wire::kNodeVariable;
      break;
    }
    case RuleKind::kSignal: {
      // ucontext_t of the interrupted code: rip, rsp, rbp (psABI; <sys/ucontext.h>).
      if (!Readable(c->sp + 168, c->sp, c->high)) return Step::kCut;
      const uintptr_t from = c->sp;
      c->pc = Word(from + 168);
      c->sp = Word(from + 160);
      c->bp = Word(from + 120);
      c->exact = true;
      if (c->sp > from && c->sp < c->high) {
        frame->bytes = static_cast<uint32_t>(c->sp - from);
      } else {
        c->high = StackEnd(bounds, c->sp);
        if (c->high == 0) return Step::kCut;
      }
      return c->pc == 0 ? Step::kCut : Step::kCaller;
    }
    case RuleKind::kNoCfi: {
      // Code without unwind tables: JIT, -fno-asynchronous-unwind-tables, assembly.
      if (!Readable(c->bp, c->sp, c->high - 8)) return Step::kCut;
      const uintptr_t pc = Word(c->bp + 8);
      if (pc < 4096 || pc >> 47 != 0) return Step::kCut;
      frame->flags |= wire::kNodeGuessed | wire::kNodeVariable;
      frame->bytes = static_cast<uint32_t>(c->bp + 16 - c->sp);
      c->pc = pc;
      c->sp = c->bp + 16;
      c->bp = Word(c->bp);
      c->exact = false;
      return Step::kCaller;
    }
    case RuleKind::kEnd:
      return Step::kEnd;
    default:
      return Step::kCut;
  }
  if (cfa <= c->sp || !Readable(cfa - 8, c->sp, c->high)) return Step::kCut;
  if (rule.bp() != Rule::kBpKept) {
    const uintptr_t at = (rule.bp() == Rule::kBpAtCfa ? cfa : c->bp) +
                         static_cast<uintptr_t>(rule.bp_slot * intptr_t{8});
    if (!Readable(at, c->sp, c->high)) return Step::kCut;
    c->bp = Word(at);
  }
  frame->bytes = static_cast<uint32_t>(cfa - c->sp);
  c->pc = Word(cfa - 8);
  c->sp = cfa;
  c->exact = false;
  return c->pc == 0 ? Step::kEnd : Step::kCaller;
}

}  // namespace

void FindStack(StackBounds* bounds, bool main_thread) {
  const auto sp = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  *bounds = StackBounds{};
  Mapping m;
  if (!FindMapping(sp, &m)) return;
  bounds->low = m.low;
  bounds->high = m.high;
  // glibc puts a thread's TLS and control block at the top of its stack.
  const auto control = reinterpret_cast<uintptr_t>(__builtin_thread_pointer());
  bounds->base = m.high;
  if (main_thread && real.stack_end > sp && real.stack_end < m.high) bounds->base = real.stack_end;
  if (!main_thread && control > sp && control < m.high) bounds->base = bounds->high = control;
}

uintptr_t StackEnd(StackBounds* bounds, uintptr_t sp) {
  if (sp >= bounds->low && sp < bounds->high) return bounds->high;
  for (auto& f : bounds->foreign) {
    if (sp >= f.low && sp < f.high) return f.high;
  }
  Mapping m;
  if (!FindMapping(sp, &m)) return 0;
  // The main thread's stack grows downwards: the same mapping, longer.
  if (m.high >= bounds->high && m.low <= bounds->low && bounds->high > sp) {
    bounds->low = m.low;
    return bounds->high;
  }
  auto& slot = bounds->foreign[bounds->next_foreign++ % 4];
  slot.low = m.low;
  slot.high = m.high;
  return m.high;
}

void WalkStack(const Site& site, StackBounds* bounds, uint32_t max_frames, Walk* walk) {
  Cursor c{site.pc, site.sp, site.bp, StackEnd(bounds, site.sp), false};
  walk->depth = c.high == bounds->high && bounds->base > c.sp ? bounds->base - c.sp : 0;
  const uint32_t half = max_frames / 2;       // innermost frames kept
  const uint32_t rest = max_frames - half - 1;  // outermost frames kept, in a circle behind the cut
  uint32_t n = 0;
  Step step = c.high == 0 ? Step::kCut : Step::kCaller;
  if (c.high == 0) {
    walk->frames[n++] = {c.pc, 0, 0};
    FindRule(c.pc - 1);  // for its module
  }
  while (step == Step::kCaller) {
    if (n == max_frames * 16) {
      step = Step::kCut;
      break;
    }
    Frame* frame = n < max_frames ? &walk->frames[n]
                                  : &walk->frames[half + 1 + (n - half - 1) % rest];
    frame->pc = c.pc;
    step = StepOut(&c, bounds, frame);
    n++;
  }
  walk->cut = step == Step::kCut;
  walk->count = n;
  if (n > max_frames) {
    // Turn the circle so that the outermost frame comes last.
    const uint32_t turn = (n - half - 1) % rest;
    Frame* circle = walk->frames + half + 1;
    auto reverse = [circle](uint32_t from, uint32_t to) {
      for (; from + 1 < to; from++, to--) {
        const Frame f = circle[from];
        circle[from] = circle[to - 1];
        circle[to - 1] = f;
      }
    };
    reverse(0, turn);
    reverse(turn, rest);
    reverse(0, rest);
    walk->frames[half] = {wire::kCutPc, 0, 0};
    walk->count = max_frames;
  }
}

uint32_t WalkInnermost(const Site& site, StackBounds* bounds, uint32_t max_frames, Frame* frames,
                       bool* cut) {
  Cursor c{site.pc, site.sp, site.bp, StackEnd(bounds, site.sp), false};
  uint32_t n = 0;
  Step step = c.high == 0 ? Step::kCut : Step::kCaller;
  while (step == Step::kCaller && n < max_frames) {
    frames[n].pc = c.pc;
    step = StepOut(&c, bounds, &frames[n]);
    n++;
  }
  *cut = step != Step::kEnd;
  return n;
}

}  // namespace allocprof
