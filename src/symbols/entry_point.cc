// SPDX-License-Identifier: Apache-2.0
#include "symbols/entry_point.h"

#include <elf.h>

#include <cstddef>
#include <vector>

namespace allocprof::symbols {
namespace {

// _start is 34 to 48 bytes in the glibc versions seen (2.17 to 2.36).
constexpr size_t kStartSize = 64;
constexpr size_t kLoadSize = 7;  // both forms of the load: three bytes of opcode, four of operand
// main is the last argument loaded; linkers pad the call with at most a few bytes.
constexpr size_t kCallWithin = 8;

bool IsCall(const std::vector<uint8_t>& code, size_t at) {
  if (at + 1 < code.size() && code[at] == 0xff && code[at + 1] == 0x15) return true;  // call *GOT
  return at < code.size() && code[at] == 0xe8;                                        // call rel32
}

bool CallFollows(const std::vector<uint8_t>& code, size_t at) {
  for (size_t i = at; i < at + kCallWithin; ++i) {
    if (IsCall(code, i)) return true;
  }
  return false;
}

}  // namespace

std::optional<uint64_t> MainFromEntryPoint(const ElfFile& file) {
  if (file.machine() != EM_X86_64 || file.entry() == 0) return std::nullopt;
  const std::vector<uint8_t> code = file.ReadCode(file.entry(), kStartSize);
  for (size_t at = 0; at + kLoadSize <= code.size(); ++at) {
    const bool lea = code[at] == 0x48 && code[at + 1] == 0x8d && code[at + 2] == 0x3d;
    const bool mov = code[at] == 0x48 && code[at + 1] == 0xc7 && code[at + 2] == 0xc7;
    if ((!lea && !mov) || !CallFollows(code, at + kLoadSize)) continue;
    uint32_t raw = 0;
    for (size_t i = 0; i < 4; ++i) raw |= uint32_t{code[at + 3 + i]} << (8 * i);
    // Both operands are sign-extended; only lea counts from the next instruction.
    uint64_t target = static_cast<uint64_t>(int64_t{static_cast<int32_t>(raw)});
    if (lea) target += file.entry() + at + kLoadSize;
    if (file.IsCode(target, target + 1)) return target;
  }
  return std::nullopt;
}

}  // namespace allocprof::symbols
