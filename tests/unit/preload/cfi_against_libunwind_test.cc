// SPDX-License-Identifier: Apache-2.0
//
// Rules against the oracle on live stacks: at each frame the rule's caller, worked out from this
// frame's registers and memory, must be the one that libunwind steps to.
#define UNW_LOCAL_ONLY
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <libunwind.h>
#include <string.h>

#include <map>

#include "cfi.h"
#include "odd_frames.h"

namespace allocprof {
namespace {

struct Registers {
  uintptr_t pc = 0, sp = 0, bp = 0;
};

uintptr_t Word(uintptr_t at) {
  uintptr_t v;
  memcpy(&v, reinterpret_cast<const void*>(at), sizeof(v));
  return v;
}

Rule RuleAt(uintptr_t at) {
  dl_find_object object{};
  if (_dl_find_object(reinterpret_cast<void*>(at), &object) != 0) return {.kind = RuleKind::kNoCfi};
  return CompileRule(at, static_cast<const uint8_t*>(object.dlfo_eh_frame),
                     reinterpret_cast<uintptr_t>(object.dlfo_map_start),
                     reinterpret_cast<uintptr_t>(object.dlfo_map_end));
}

// The caller by the rule; only for the kinds that have one.
Registers Apply(const Rule& rule, const Registers& r) {
  uintptr_t cfa = 0;
  const auto offset = static_cast<uintptr_t>(static_cast<intptr_t>(rule.offset));
  switch (rule.kind) {
    case RuleKind::kSp:
      cfa = r.sp + offset;
      break;
    case RuleKind::kBp:
      cfa = r.bp + offset;
      break;
    case RuleKind::kDerefSp:
      cfa = Word(r.sp + offset) + rule.plus();
      break;
    case RuleKind::kDerefBp:
      cfa = Word(r.bp + offset) + rule.plus();
      break;
    case RuleKind::kSignal:
      // rip, rsp, rbp of the ucontext (psABI; <sys/ucontext.h>).
      return {Word(r.sp + 168), Word(r.sp + 160), Word(r.sp + 120)};
    default:
      ADD_FAILURE() << "no rule at " << std::hex << r.pc;
      return {};
  }
  Registers out{Word(cfa - 8), cfa, r.bp};
  const auto slot = static_cast<uintptr_t>(rule.bp_slot * intptr_t{8});
  if (rule.bp() == Rule::kBpAtCfa) out.bp = Word(cfa + slot);
  if (rule.bp() == Rule::kBpAtBp) out.bp = Word(r.bp + slot);
  return out;
}

using Kinds = std::map<RuleKind, int>;

// Walks the stack that it is called on. noinline: its own frame is the first one compared.
__attribute__((noinline)) void Compare(Kinds* kinds) {
  unw_context_t context;
  unw_cursor_t cursor;
  unw_getcontext(&context);
  ASSERT_EQ(unw_init_local(&cursor, &context), 0);
  const auto registers = [&cursor] {
    unw_word_t pc = 0, sp = 0, bp = 0;
    unw_get_reg(&cursor, UNW_REG_IP, &pc);
    unw_get_reg(&cursor, UNW_REG_SP, &sp);
    unw_get_reg(&cursor, UNW_X86_64_RBP, &bp);
    return Registers{pc, sp, bp};
  };
  bool exact = false;
  for (int frame = 0; frame < 10000; frame++) {
    const Registers here = registers();
    const Rule rule = RuleAt(exact ? here.pc : here.pc - 1);
    ++(*kinds)[rule.kind];
    const int more = unw_step(&cursor);
    if (more <= 0) {
      EXPECT_TRUE(rule.kind == RuleKind::kEnd || rule.kind == RuleKind::kNoCfi)
          << "the oracle ends at frame " << frame << ", rule kind " << static_cast<int>(rule.kind);
      return;
    }
    const Registers caller = registers();
    if (caller.pc == 0) return;
    ASSERT_NE(rule.kind, RuleKind::kEnd) << "frame " << frame;
    const Registers ours = Apply(rule, here);
    ASSERT_EQ(ours.sp, caller.sp) << "frame " << frame;
    ASSERT_EQ(ours.pc, caller.pc) << "frame " << frame;
    ASSERT_EQ(ours.bp, caller.bp) << "frame " << frame;
    exact = rule.kind == RuleKind::kSignal;
  }
}

TEST(CfiAgainstLibunwindTest, EveryFrameOfManyTowersAgrees) {
  Kinds kinds;
  for (unsigned seed = 1; seed <= 300; seed++) {
    ClimbAndVisit(seed, 40, [&] { Compare(&kinds); });
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(kinds[RuleKind::kSp], 5000);
  EXPECT_GT(kinds[RuleKind::kBp], 1000);
  EXPECT_GT(kinds[RuleKind::kDerefBp], 1000);
  EXPECT_EQ(kinds[RuleKind::kOdd], 0);
}

TEST(CfiAgainstLibunwindTest, AThreadsStackAgreesToItsEnd) {
  Kinds kinds;
  for (unsigned seed = 1; seed <= 20; seed++) {
    ClimbInThread(seed, 20, [&] { Compare(&kinds); });
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(kinds[RuleKind::kOdd], 0);
}

TEST(CfiAgainstLibunwindTest, ASignalFrameAgrees) {
  Kinds kinds;
  VisitInHandler([&] { Compare(&kinds); });
  EXPECT_EQ(kinds[RuleKind::kSignal], 1);
}

TEST(CfiAgainstLibunwindTest, ATowerOnASignalFrameOnATowerAgrees) {
  Kinds kinds;
  for (unsigned seed = 1; seed <= 20; seed++) {
    ClimbAndVisit(seed, 10, [&] {
      VisitInHandler([&] { ClimbAndVisit(seed + 100, 10, [&] { Compare(&kinds); }); });
    });
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(kinds[RuleKind::kSignal], 20);
}

}  // namespace
}  // namespace allocprof
