// SPDX-License-Identifier: Apache-2.0
//
// Call-frame information compiled to one small rule per code address: how to get from a frame to
// its caller. Source: DWARF 5 section 6.4; System V AMD64 psABI 3.6.2 and 4.2.4; LSB 5 "Exception
// Frames" (.eh_frame, .eh_frame_hdr).
// Thread-safety: pure functions of mapped, read-only sections; no lock, no allocation.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace allocprof {

enum class RuleKind : uint8_t {
  kNone = 0,
  kSp,       // CFA = rsp + offset
  kBp,       // CFA = rbp + offset
  kDerefSp,  // CFA = *(rsp + offset) + plus
  kDerefBp,  // CFA = *(rbp + offset) + plus: frames that gcc realigned
  kSignal,   // the kernel's signal frame: registers from the ucontext at rsp
  kEnd,      // outermost frame: the return address is undefined
  kNoCfi,    // no unwind table covers this address: try the frame pointer
  kOdd,      // a rule outside these: the stack ends here, flagged
  kPlain,    // kSp as nearly all frames are; only Plain makes it of one
};

// 8 bytes, so that one atomic word holds it. The return address is always at CFA - 8.
struct Rule {
  int32_t offset = 0;
  int16_t bp_slot = 0;  // caller's rbp is at CFA + 8 * bp_slot (or rbp + 8 * bp_slot); see bp
  RuleKind kind = RuleKind::kNone;
  uint8_t bits = 0;  // see below

  static constexpr uint8_t kBpKept = 0, kBpAtCfa = 1, kBpAtBp = 2;
  uint8_t bp() const { return bits & 3; }
  uint8_t plus() const { return static_cast<uint8_t>(bits >> 2 << 3); }
};
static_assert(sizeof(Rule) == 8);

// The kind kPlain for a rule whose step needs no check but that the CFA lies on the stack: the CFA
// is above rsp and aligned, and the caller's rbp is kept (bp_slot is -1 then: a word that may be
// read anyway) or saved inside the frame. Other rules come back as they are.
inline Rule Plain(Rule rule) {
  if (rule.kind != RuleKind::kSp || rule.offset < 8 || rule.offset % 8 != 0) return rule;
  if (rule.bp() == Rule::kBpKept) {
    rule.bp_slot = -1;
  } else if (rule.bp() != Rule::kBpAtCfa || rule.bp_slot > -2 || rule.bp_slot * 8 < -rule.offset) {
    return rule;
  }
  rule.kind = RuleKind::kPlain;
  return rule;
}

// The rule at code address `at` (for a return address: the byte before it), read from the
// .eh_frame_hdr at `header` of the module mapped at [low, high). Cost: about 1 us.
Rule CompileRule(uintptr_t at, const uint8_t* header, uintptr_t low, uintptr_t high);

}  // namespace allocprof
