// SPDX-License-Identifier: Apache-2.0
#include "stack_walk.h"

#include "mapping.h"
#include "real.h"
#include "stack_step.h"
#include "wire/format.h"

namespace allocprof {
namespace {

// One frame of a plain walk. After a signal frame the walk may go on on another stack.
Step WalkFrame(Cursor* c, uintptr_t* high, StackBounds* bounds, Frame* frame) {
  Rule rule;
  uint8_t flags;
  frame->pc = c->pc;
  const Step step = StepOut(c, *high, &rule, &frame->bytes, &flags);
  frame->flags = flags;
  if (rule.kind == RuleKind::kSignal && step == Step::kCaller && frame->bytes == 0) {
    *high = StackEnd(bounds, c->sp);
    if (*high == 0) return Step::kCut;
  }
  return step;
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

// A runaway recursion has some 100,000 frames, at 4 ns each for every event.
constexpr uint32_t kMostWalked = 8 * kMaxFrames;

void WalkStack(const Site& site, StackBounds* bounds, uint32_t max_frames, Walk* walk) {
  Cursor c{site.pc, site.sp, site.bp, false};
  uintptr_t high = StackEnd(bounds, site.sp);
  walk->depth = high == bounds->high && bounds->base > c.sp ? bounds->base - c.sp : 0;
  const uint32_t half = max_frames / 2;         // innermost frames kept
  const uint32_t rest = max_frames - half - 1;  // outermost frames kept, in a circle behind the cut
  uint32_t n = 0;
  Step step = high == 0 ? Step::kCut : Step::kCaller;
  if (high == 0) {
    walk->frames[n++] = {c.pc, 0, 0};
    FindRule(c.pc - 1);  // for its module
  }
  while (step == Step::kCaller) {
    if (n == kMostWalked) {
      step = Step::kCut;
      break;
    }
    Frame* frame =
        n < max_frames ? &walk->frames[n] : &walk->frames[half + 1 + (n - half - 1) % rest];
    step = WalkFrame(&c, &high, bounds, frame);
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
  Cursor c{site.pc, site.sp, site.bp, false};
  uintptr_t high = StackEnd(bounds, site.sp);
  uint32_t n = 0;
  Step step = high == 0 ? Step::kCut : Step::kCaller;
  while (step == Step::kCaller && n < max_frames) {
    step = WalkFrame(&c, &high, bounds, &frames[n]);
    n++;
  }
  *cut = step != Step::kEnd;
  return n;
}

}  // namespace allocprof
