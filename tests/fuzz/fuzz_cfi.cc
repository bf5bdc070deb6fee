// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as the unwind tables of a module, asked for rules at addresses that they name. The
// module is the input and nothing else: a read outside it is a finding.
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "cfi.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace allocprof;
  // The loader maps whole pages; a module is never smaller than its own headers.
  if (size < 64) return 0;
  const auto low = reinterpret_cast<uintptr_t>(data), high = low + size;
  for (size_t at = 12; at + 4 <= size && at < 12 + 8 * 8; at += 8) {
    int32_t start = 0;
    memcpy(&start, data + at, 4);
    const uintptr_t function = low + static_cast<uintptr_t>(static_cast<intptr_t>(start));
    for (const uintptr_t offset : {0, 1, 4, 50}) {
      const Rule rule = CompileRule(function + offset, data, low, high);
      if (rule.kind < RuleKind::kSp || rule.kind > RuleKind::kOdd) __builtin_trap();
    }
  }
  return 0;
}
