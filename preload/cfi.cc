// SPDX-License-Identifier: Apache-2.0
#include "cfi.h"

#include "eh_frame.h"

namespace allocprof {
namespace {

constexpr uint64_t kRbp = 6, kRsp = 7, kReturnColumn = 16;

struct RegisterRule {
  enum Kind : uint8_t { kSame, kUndefined, kAtCfa, kAtBp, kOther } kind = kSame;
  int64_t offset = 0;
};

struct Row {
  enum Kind : uint8_t { kRegister, kDeref, kOther } cfa = kOther;
  uint64_t cfa_register = 0;
  int64_t cfa_offset = 0;
  uint64_t plus = 0;
  RegisterRule bp, ra;
};

// CFA expressions that have a kind of their own:
//   breg{6,7} n; deref; [plus_uconst k]         realigned frames, hand-written assembly
//   breg7 n; breg16 0; lit15; and; litM; ge; lit3; shl; plus     a PLT entry: rsp + n, + 8 past M
void CfaExpression(Bytes expression, uintptr_t at, Row* row) {
  row->cfa = Row::kOther;
  const uint8_t op = expression.U8();
  if (op != 0x76 && op != 0x77) return;
  const int64_t offset = expression.SLeb();
  const uint8_t next = expression.U8();
  if (next == 0x06) {
    uint64_t plus = 0;
    if (expression.p < expression.end) {
      if (expression.U8() != 0x23) return;
      plus = expression.ULeb();
    }
    if (expression.bad || expression.p != expression.end || plus % 8 != 0 || plus > 504) return;
    row->cfa = Row::kDeref;
    row->cfa_register = op == 0x76 ? kRbp : kRsp;
    row->cfa_offset = offset;
    row->plus = plus;
  } else if (next == 0x80 && op == 0x77) {
    const int64_t zero = expression.SLeb();
    const uint8_t lit15 = expression.U8(), op_and = expression.U8(), lit = expression.U8(),
                  ge = expression.U8(), lit3 = expression.U8(), shl = expression.U8(),
                  plus = expression.U8();
    if (expression.bad || zero != 0 || lit15 != 0x3f || op_and != 0x1a || lit < 0x30 ||
        lit > 0x4f || ge != 0x2a || lit3 != 0x33 || shl != 0x24 || plus != 0x22) {
      return;
    }
    row->cfa = Row::kRegister;
    row->cfa_register = kRsp;
    row->cfa_offset = offset + (static_cast<int64_t>(at & 15) >= lit - 0x30 ? 8 : 0);
  }
}

void SetRegister(Row* row, uint64_t reg, RegisterRule rule) {
  if (reg == kRbp) row->bp = rule;
  if (reg == kReturnColumn) row->ra = rule;
}

// A factored offset. Unsigned, since the bytes may hold anything; what overflowed fits no rule.
int64_t Factored(uint64_t offset, const Cie& cie) {
  return static_cast<int64_t>(offset * static_cast<uint64_t>(cie.data_align));
}

// Runs a CFA program until its location passes `at`. Returns false on malformed bytes.
bool RunProgram(Bytes in, const Cie& cie, uintptr_t location, uintptr_t at, const Row& initial,
                Row* row) {
  Row saved[8];
  int depth = 0;
  while (!in.bad && in.p < in.end) {
    const uint8_t op = in.U8();
    const uint8_t low = op & 0x3f;
    switch (op >> 6) {
      case 1:
        location += low * cie.code_align;
        if (location > at) return true;
        continue;
      case 2: {
        const int64_t offset = Factored(in.ULeb(), cie);
        SetRegister(row, low, {RegisterRule::kAtCfa, offset});
        continue;
      }
      case 3:
        SetRegister(row, low, low == kRbp ? initial.bp : initial.ra);
        continue;
      default:
        break;
    }
    uint64_t reg;
    switch (op) {
      case 0x00:
        break;
      case 0x01:
        location = EncodedPointer(in, cie.pointer_encoding, 0);
        if (location > at) return true;
        break;
      case 0x02:
        location += in.U8() * cie.code_align;
        if (location > at) return true;
        break;
      case 0x03:
        location += in.Fixed<uint16_t>() * cie.code_align;
        if (location > at) return true;
        break;
      case 0x04:
        location += in.Fixed<uint32_t>() * cie.code_align;
        if (location > at) return true;
        break;
      case 0x05:
        reg = in.ULeb();
        SetRegister(row, reg, {RegisterRule::kAtCfa, Factored(in.ULeb(), cie)});
        break;
      case 0x06:
        reg = in.ULeb();
        SetRegister(row, reg, reg == kRbp ? initial.bp : initial.ra);
        break;
      case 0x07:
        SetRegister(row, in.ULeb(), {RegisterRule::kUndefined, 0});
        break;
      case 0x08:
        SetRegister(row, in.ULeb(), {RegisterRule::kSame, 0});
        break;
      case 0x09:
        reg = in.ULeb();
        in.ULeb();
        SetRegister(row, reg, {RegisterRule::kOther, 0});
        break;
      case 0x0a:
        if (depth == 8) return false;
        saved[depth++] = *row;
        break;
      case 0x0b:
        if (depth == 0) return false;
        *row = saved[--depth];
        break;
      case 0x0c:
        row->cfa = Row::kRegister;
        row->cfa_register = in.ULeb();
        row->cfa_offset = static_cast<int64_t>(in.ULeb());
        break;
      case 0x0d:
        row->cfa = Row::kRegister;
        row->cfa_register = in.ULeb();
        break;
      case 0x0e:
        row->cfa_offset = static_cast<int64_t>(in.ULeb());
        break;
      case 0x0f: {
        const uint64_t n = in.ULeb();
        if (!in.Has(n)) return false;
        CfaExpression(Bytes{in.p, in.p + n}, at, row);
        in.p += n;
        break;
      }
      case 0x10: {
        reg = in.ULeb();
        const uint64_t n = in.ULeb();
        if (!in.Has(n)) return false;
        Bytes e{in.p, in.p + n};
        in.p += n;
        RegisterRule rule{RegisterRule::kOther, 0};
        if (e.U8() == 0x76) {
          const int64_t offset = e.SLeb();
          if (!e.bad && e.p == e.end) rule = {RegisterRule::kAtBp, offset};
        }
        SetRegister(row, reg, rule);
        break;
      }
      case 0x11:
        reg = in.ULeb();
        SetRegister(row, reg,
                    {RegisterRule::kAtCfa, Factored(static_cast<uint64_t>(in.SLeb()), cie)});
        break;
      case 0x12:
        row->cfa = Row::kRegister;
        row->cfa_register = in.ULeb();
        row->cfa_offset = Factored(static_cast<uint64_t>(in.SLeb()), cie);
        break;
      case 0x13:
        row->cfa_offset = Factored(static_cast<uint64_t>(in.SLeb()), cie);
        break;
      case 0x14:
      case 0x15:
        reg = in.ULeb();
        in.ULeb();
        SetRegister(row, reg, {RegisterRule::kOther, 0});
        break;
      case 0x16:
        reg = in.ULeb();
        in.Skip(in.ULeb());
        SetRegister(row, reg, {RegisterRule::kOther, 0});
        break;
      case 0x2e:
        in.ULeb();
        break;
      case 0x2f:
        reg = in.ULeb();
        SetRegister(row, reg, {RegisterRule::kAtCfa, Factored(0 - in.ULeb(), cie)});
        break;
      default:
        return false;
    }
  }
  return !in.bad;
}

bool FitsSlot(int64_t offset) {
  return offset % 8 == 0 && offset / 8 == static_cast<int16_t>(offset / 8);
}

Rule ToRule(const Row& row, const Cie& cie) {
  Rule odd{.kind = RuleKind::kOdd};
  if (cie.signal) return {.kind = RuleKind::kSignal};
  if (row.ra.kind == RegisterRule::kUndefined) return {.kind = RuleKind::kEnd};
  if (row.ra.kind != RegisterRule::kAtCfa || row.ra.offset != -8) return odd;
  if (row.cfa_offset != static_cast<int32_t>(row.cfa_offset)) return odd;

  Rule rule{.offset = static_cast<int32_t>(row.cfa_offset)};
  const bool from_bp = row.cfa_register == kRbp;
  if (!from_bp && row.cfa_register != kRsp) return odd;
  if (row.cfa == Row::kRegister) {
    rule.kind = from_bp ? RuleKind::kBp : RuleKind::kSp;
  } else if (row.cfa == Row::kDeref) {
    rule.kind = from_bp ? RuleKind::kDerefBp : RuleKind::kDerefSp;
    rule.bits = static_cast<uint8_t>(row.plus / 8 << 2);
  } else {
    return odd;
  }
  switch (row.bp.kind) {
    // An undefined rbp cannot be the base of any frame further out: keeping it is harmless.
    case RegisterRule::kSame:
    case RegisterRule::kUndefined:
      return rule;
    case RegisterRule::kAtCfa:
      rule.bits |= Rule::kBpAtCfa;
      break;
    case RegisterRule::kAtBp:
      rule.bits |= Rule::kBpAtBp;
      break;
    case RegisterRule::kOther:
      return odd;
  }
  if (!FitsSlot(row.bp.offset)) return odd;
  rule.bp_slot = static_cast<int16_t>(row.bp.offset / 8);
  return rule;
}

}  // namespace

Rule CompileRule(uintptr_t at, const uint8_t* header, uintptr_t low, uintptr_t high) {
  const Rule none{.kind = RuleKind::kNoCfi};
  Fde fde;
  if (!FindEntry(at, header, low, high, &fde)) {
    // A return address that is the very start of a function was never returned to from a call:
    // makecontext puts __start_context there, and other coroutine libraries do the like. The stack
    // ends.
    const bool starts = FindEntry(at + 1, header, low, high, &fde) && fde.start == at + 1;
    return starts ? Rule{.kind = RuleKind::kEnd} : none;
  }
  if (fde.cie.return_column != kReturnColumn) return {.kind = RuleKind::kOdd};
  Row initial;
  if (!RunProgram(fde.cie.program, fde.cie, 0, ~uintptr_t{0}, initial, &initial)) return none;
  Row row = initial;
  if (!RunProgram(fde.program, fde.cie, fde.start, at, initial, &row)) return none;
  return ToRule(row, fde.cie);
}

}  // namespace allocprof
