// SPDX-License-Identifier: Apache-2.0
#include "symbols/instructions.h"

#include <capstone/capstone.h>

#include <cstring>
#include <optional>

namespace allocprof::symbols {
namespace {

uint64_t Signed32(const uint8_t* bytes) {
  int32_t value;
  std::memcpy(&value, bytes, 4);
  return static_cast<uint64_t>(int64_t{value});
}

bool IsPrefix(uint8_t byte) {
  switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xf0:
    case 0xf2:
    case 0xf3:
      return true;
    default:
      return false;
  }
}

// What flows where, told from the bytes of one instruction; nothing for one that only computes.
std::optional<Instruction> Classify(const uint8_t* bytes, uint8_t size, uint64_t address) {
  Instruction found{.address = address, .size = size};
  auto is = [&](Flow flow, uint64_t target = 0) {
    found.flow = flow;
    found.target = target;
    return found;
  };
  const uint64_t end = address + size;
  uint8_t at = 0;
  while (at < size && IsPrefix(bytes[at])) at++;
  bool wide = false;
  if (at < size && (bytes[at] & 0xf0) == 0x40) wide = (bytes[at++] & 8) != 0;
  if (at >= size) return std::nullopt;
  const uint8_t op = bytes[at];
  const uint8_t next = at + 1 < size ? bytes[at + 1] : 0;
  const uint8_t after = at + 2 < size ? bytes[at + 2] : 0;
  const bool has32 = size - at >= 5;
  auto near = [&] { return end + Signed32(bytes + size - 4); };
  auto close = [&] {
    return end + static_cast<uint64_t>(int64_t{static_cast<int8_t>(bytes[size - 1])});
  };
  const uint8_t mod = next >> 6, reg = next >> 3 & 7, rm = next & 7;
  // [disp32 + 8 * register], without a base
  const bool scaled =
      mod == 0 && rm == 4 && (after >> 6) == 3 && (after & 7) == 5 && size - at >= 7;
  if (op == 0xe9 && has32) return is(Flow::kJump, near());
  if (op == 0xeb) return is(Flow::kJump, close());
  if ((op & 0xf0) == 0x70 || (op >= 0xe0 && op <= 0xe3)) return is(Flow::kBranch, close());
  if (op == 0xe8 && has32) return is(Flow::kCall, near());
  if (op == 0xc2 || op == 0xc3 || op == 0xca || op == 0xcb) return is(Flow::kReturn);
  if (op == 0xf4 || op == 0xcc) return is(Flow::kTrap);
  if (op == 0x90) return is(Flow::kNop);
  if (op == 0x0f) {
    if ((next & 0xf0) == 0x80 && size - at >= 6) return is(Flow::kBranch, near());
    if (next == 0x0b) return is(Flow::kTrap);
    if (next == 0x1f) return is(Flow::kNop);
    return std::nullopt;
  }
  if (op == 0xff && (reg == 2 || reg == 4)) {
    const bool call = reg == 2;
    if (mod == 0 && rm == 5) return is(call ? Flow::kSlotCall : Flow::kSlotJump, near());
    if (call) return is(Flow::kIndirectCall);
    return scaled ? is(Flow::kTableJump, Signed32(bytes + at + 3)) : is(Flow::kIndirectJump);
  }
  if (op == 0x8d && wide && mod == 0 && rm == 5) return is(Flow::kAddress, near());
  if (op == 0x8b && wide && scaled) return is(Flow::kTableLoad, Signed32(bytes + at + 3));
  // A fixed address in a program that is not position independent: mov $imm32, %reg.
  if ((op & 0xf8) == 0xb8 && !wide && has32) {
    return is(Flow::kAddress, Signed32(bytes + size - 4) & 0xffffffffu);
  }
  return std::nullopt;
}

}  // namespace

std::vector<Instruction> ReadInstructions(const std::vector<uint8_t>& code, uint64_t address) {
  std::vector<Instruction> found;
  csh handle = 0;
  if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) != CS_ERR_OK) return found;
  cs_insn* instruction = cs_malloc(handle);
  const uint8_t* bytes = code.data();
  size_t left = code.size();
  for (uint32_t ordinal = 0; left != 0; ordinal++) {
    const uint8_t* start = bytes;
    const uint64_t at = address;
    if (!cs_disasm_iter(handle, &bytes, &left, &address, instruction)) {
      bytes = start + 1;
      address = at + 1;
      left--;
      continue;
    }
    if (auto known = Classify(start, static_cast<uint8_t>(bytes - start), at)) {
      known->ordinal = ordinal;
      found.push_back(*known);
    }
  }
  cs_free(instruction, 1);
  cs_close(&handle);
  return found;
}

}  // namespace allocprof::symbols
