// SPDX-License-Identifier: Apache-2.0
#include "cfi.h"

#include <string.h>

namespace allocprof {
namespace {

constexpr uint64_t kRbp = 6, kRsp = 7, kReturnColumn = 16;

// A reader over the module's mapped bytes. Running past `end` sets `bad` and yields zeroes.
struct Bytes {
  const uint8_t* p;
  const uint8_t* end;
  bool bad = false;

  bool Has(size_t n) {
    if (static_cast<size_t>(end - p) < n) bad = true;
    return !bad;
  }
  template <typename T>
  T Fixed() {
    T v = 0;
    if (Has(sizeof(T))) {
      memcpy(&v, p, sizeof(T));
      p += sizeof(T);
    }
    return v;
  }
  uint8_t U8() { return Fixed<uint8_t>(); }
  uint64_t ULeb() {
    uint64_t v = 0;
    for (unsigned shift = 0; Has(1); shift += 7) {
      uint8_t b = *p++;
      if (shift < 64) v |= static_cast<uint64_t>(b & 0x7f) << shift;
      if (!(b & 0x80)) break;
    }
    return v;
  }
  int64_t SLeb() {
    uint64_t v = 0;
    unsigned shift = 0;
    while (Has(1)) {
      uint8_t b = *p++;
      if (shift < 64) v |= static_cast<uint64_t>(b & 0x7f) << shift;
      shift += 7;
      if (!(b & 0x80)) {
        if (shift < 64 && (b & 0x40)) v |= ~uint64_t{0} << shift;
        break;
      }
    }
    return static_cast<int64_t>(v);
  }
  void Skip(uint64_t n) {
    if (Has(n)) p += n;
  }
};

// DW_EH_PE_* encoded pointer. `data` is the base of datarel values.
uint64_t EncodedPointer(Bytes& in, uint8_t encoding, uintptr_t data) {
  if (encoding == 0xff) return 0;
  const auto at = reinterpret_cast<uintptr_t>(in.p);
  uint64_t v = 0;
  switch (encoding & 0x0f) {
    case 0x00:
    case 0x04:
    case 0x0c:
      v = in.Fixed<uint64_t>();
      break;
    case 0x01:
      v = in.ULeb();
      break;
    case 0x02:
      v = in.Fixed<uint16_t>();
      break;
    case 0x03:
      v = in.Fixed<uint32_t>();
      break;
    case 0x09:
      v = static_cast<uint64_t>(in.SLeb());
      break;
    case 0x0a:
      v = static_cast<uint64_t>(static_cast<int64_t>(in.Fixed<int16_t>()));
      break;
    case 0x0b:
      v = static_cast<uint64_t>(static_cast<int64_t>(in.Fixed<int32_t>()));
      break;
    default:
      in.bad = true;
      return 0;
  }
  switch (encoding & 0x70) {
    case 0x00:
      break;
    case 0x10:
      v += at;
      break;
    case 0x30:
      v += data;
      break;
    default:
      in.bad = true;
      return 0;
  }
  // Indirect values (personality routines) are never needed here, only skipped.
  return v;
}

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

struct Cie {
  uint64_t code_align = 1;
  int64_t data_align = 1;
  uint64_t return_column = 16;
  uint8_t pointer_encoding = 0;
  bool has_augmentation_data = false;
  bool signal = false;
  Bytes program{nullptr, nullptr};
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
        const int64_t offset = static_cast<int64_t>(in.ULeb()) * cie.data_align;
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
        SetRegister(row, reg,
                    {RegisterRule::kAtCfa, static_cast<int64_t>(in.ULeb()) * cie.data_align});
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
        SetRegister(row, reg, {RegisterRule::kAtCfa, in.SLeb() * cie.data_align});
        break;
      case 0x12:
        row->cfa = Row::kRegister;
        row->cfa_register = in.ULeb();
        row->cfa_offset = in.SLeb() * cie.data_align;
        break;
      case 0x13:
        row->cfa_offset = in.SLeb() * cie.data_align;
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
        SetRegister(row, reg,
                    {RegisterRule::kAtCfa, -static_cast<int64_t>(in.ULeb()) * cie.data_align});
        break;
      default:
        return false;
    }
  }
  return !in.bad;
}

// The bytes of the entry (CIE or FDE) at `p`, after its length word, within [low, high).
bool Entry(const uint8_t* p, uintptr_t low, uintptr_t high, Bytes* out) {
  const auto at = reinterpret_cast<uintptr_t>(p);
  if (at < low || at > high - 4) return false;
  Bytes in{p, reinterpret_cast<const uint8_t*>(high)};
  uint64_t n = in.Fixed<uint32_t>();
  if (n == 0xffffffff) n = in.Fixed<uint64_t>();
  if (n == 0 || !in.Has(n)) return false;
  *out = Bytes{in.p, in.p + n};
  return true;
}

bool ReadCie(const uint8_t* p, uintptr_t low, uintptr_t high, Cie* cie) {
  Bytes in{nullptr, nullptr};
  if (!Entry(p, low, high, &in) || in.Fixed<uint32_t>() != 0) return false;
  const uint8_t version = in.U8();
  if (version != 1 && version != 3) return false;
  const char* augmentation = reinterpret_cast<const char*>(in.p);
  while (in.U8() != 0) {
  }
  if (in.bad) return false;
  cie->code_align = in.ULeb();
  cie->data_align = in.SLeb();
  cie->return_column = version == 1 ? in.U8() : in.ULeb();
  if (*augmentation == 'z') {
    cie->has_augmentation_data = true;
    const uint64_t n = in.ULeb();
    if (!in.Has(n)) return false;
    Bytes data{in.p, in.p + n};
    in.p += n;
    for (const char* c = augmentation + 1; *c != 0 && !data.bad; c++) {
      if (*c == 'R') {
        cie->pointer_encoding = data.U8();
      } else if (*c == 'P') {
        const uint8_t encoding = data.U8();
        EncodedPointer(data, encoding, 0);
      } else if (*c == 'L') {
        data.U8();
      } else if (*c == 'S') {
        cie->signal = true;
      } else {
        break;  // unknown letters: what they own lies behind, inside `data`
      }
    }
    if (data.bad) return false;
  } else if (*augmentation != 0) {
    return false;
  }
  cie->program = in;
  return !in.bad;
}

// The FDE that may cover `at`, by the sorted table of .eh_frame_hdr (datarel sdata4 pairs, the one
// encoding that linkers write).
const uint8_t* FindFde(uintptr_t at, const uint8_t* header, uintptr_t low, uintptr_t high) {
  const auto base = reinterpret_cast<uintptr_t>(header);
  if (base < low || base > high - 12) return nullptr;
  Bytes in{header, reinterpret_cast<const uint8_t*>(high)};
  const uint8_t version = in.U8(), frame_encoding = in.U8(), count_encoding = in.U8(),
                table_encoding = in.U8();
  if (version != 1 || table_encoding != 0x3b) return nullptr;
  EncodedPointer(in, frame_encoding, base);
  const uint64_t count = EncodedPointer(in, count_encoding, base);
  if (in.bad || count == 0 || count > static_cast<uint64_t>(in.end - in.p) / 8) return nullptr;
  const uint8_t* table = in.p;
  auto start = [&](uint64_t i) {
    int32_t v;
    memcpy(&v, table + i * 8, 4);
    return base + static_cast<uintptr_t>(static_cast<intptr_t>(v));
  };
  uint64_t lo = 0, hi = count;
  while (hi - lo > 1) {
    const uint64_t mid = lo + (hi - lo) / 2;
    (start(mid) <= at ? lo : hi) = mid;
  }
  if (start(lo) > at) return nullptr;
  int32_t fde;
  memcpy(&fde, table + lo * 8 + 4, 4);
  return header + fde;
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
  const uint8_t* fde = header == nullptr ? nullptr : FindFde(at, header, low, high);
  Bytes in{nullptr, nullptr};
  if (fde == nullptr || !Entry(fde, low, high, &in)) return none;
  const uint8_t* id = in.p;
  const uint32_t back = in.Fixed<uint32_t>();
  Cie cie;
  if (back == 0 || !ReadCie(id - back, low, high, &cie)) return none;
  const uintptr_t start = EncodedPointer(in, cie.pointer_encoding, 0);
  const uintptr_t length = EncodedPointer(in, cie.pointer_encoding & 0x0f, 0);
  if (in.bad || at < start || at - start >= length) return none;
  if (cie.has_augmentation_data) in.Skip(in.ULeb());
  if (cie.return_column != kReturnColumn) return {.kind = RuleKind::kOdd};

  Row initial, row;
  if (in.bad || !RunProgram(cie.program, cie, 0, ~uintptr_t{0}, initial, &initial)) return none;
  row = initial;
  if (!RunProgram(in, cie, start, at, initial, &row)) return none;
  return ToRule(row, cie);
}

}  // namespace allocprof
