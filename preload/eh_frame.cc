// SPDX-License-Identifier: Apache-2.0
#include "eh_frame.h"

namespace allocprof {

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

namespace {

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

// The FDE that may cover `at`.
const uint8_t* FindFde(uintptr_t at, const uint8_t* header, uintptr_t low, uintptr_t high) {
  FdeTable table;
  if (!FindTable(header, low, high, &table)) return nullptr;
  auto start = [&](uint64_t i) {
    int32_t v;
    memcpy(&v, table.pairs + i * 8, 4);
    return table.base + static_cast<uintptr_t>(static_cast<intptr_t>(v));
  };
  uint64_t lo = 0, hi = table.count;
  while (hi - lo > 1) {
    const uint64_t mid = lo + (hi - lo) / 2;
    (start(mid) <= at ? lo : hi) = mid;
  }
  if (start(lo) > at) return nullptr;
  int32_t fde;
  memcpy(&fde, table.pairs + lo * 8 + 4, 4);
  return header + fde;
}

}  // namespace

bool FindTable(const uint8_t* header, uintptr_t low, uintptr_t high, FdeTable* out) {
  const auto base = reinterpret_cast<uintptr_t>(header);
  if (header == nullptr || base < low || base > high - 12) return false;
  Bytes in{header, reinterpret_cast<const uint8_t*>(high)};
  const uint8_t version = in.U8(), frame_encoding = in.U8(), count_encoding = in.U8(),
                table_encoding = in.U8();
  if (version != 1 || table_encoding != 0x3b) return false;  // datarel sdata4
  EncodedPointer(in, frame_encoding, base);
  const uint64_t count = EncodedPointer(in, count_encoding, base);
  if (in.bad || count == 0 || count > static_cast<uint64_t>(in.end - in.p) / 8) return false;
  *out = {base, in.p, count};
  return true;
}

bool FindEntry(uintptr_t at, const uint8_t* header, uintptr_t low, uintptr_t high, Fde* out) {
  const uint8_t* fde = FindFde(at, header, low, high);
  Bytes in{nullptr, nullptr};
  if (fde == nullptr || !Entry(fde, low, high, &in)) return false;
  const uint8_t* id = in.p;
  const uint32_t back = in.Fixed<uint32_t>();
  if (back == 0 || !ReadCie(id - back, low, high, &out->cie)) return false;
  out->start = EncodedPointer(in, out->cie.pointer_encoding, 0);
  out->length = EncodedPointer(in, out->cie.pointer_encoding & 0x0f, 0);
  if (in.bad || at < out->start || at - out->start >= out->length) return false;
  if (out->cie.has_augmentation_data) in.Skip(in.ULeb());
  out->program = in;
  return !in.bad;
}

}  // namespace allocprof
