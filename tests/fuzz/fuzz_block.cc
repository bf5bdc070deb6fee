// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a block of packed records, and as Base64.
#include <string>

#include "wire/base64.h"
#include "wire/block_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace allocprof::wire;
  BlockReader reader(data, size);
  BlockTotals totals;
  size_t records = 0;
  for (Event e; reader.Next(&e); records++) totals.Add(e);
  // No record has fewer than two bytes.
  if (records * 2 > size) __builtin_trap();
  if (totals.events != totals.allocations + totals.frees + totals.reallocations + totals.failed) {
    __builtin_trap();
  }

  // What decodes is the one encoding of its bytes.
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string bytes(size / 4 * 3 + 3, '\0');
  const ptrdiff_t n =
      DecodeBase64(text.data(), text.size(), reinterpret_cast<uint8_t*>(bytes.data()));
  if (n >= 0) {
    std::string again(Base64Size(static_cast<size_t>(n)), '\0');
    EncodeBase64(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<size_t>(n),
                 again.data());
    if (again != text) __builtin_trap();
  }
  return 0;
}
