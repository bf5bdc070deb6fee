// SPDX-License-Identifier: Apache-2.0
#include "symbols/landing_pads.h"

#include "symbols/byte_cursor.h"

namespace allocprof::symbols {
namespace {

constexpr size_t kMaxTable = size_t{1} << 20;

}  // namespace

std::vector<LandingPad> ReadLandingPads(const ElfFile& file, const FunctionPart& part) {
  std::vector<LandingPad> pads;
  if (part.lsda == 0) return pads;
  // The head first: it says how long the table is.
  std::vector<uint8_t> bytes = file.ReadLoaded(part.lsda, 64);
  ByteCursor head(bytes, part.lsda);
  const auto base_encoding = static_cast<uint8_t>(head.Fixed(1));
  uint64_t base = head.Pointer(base_encoding);
  if (base_encoding == kPointerOmitted) base = part.begin;
  if (head.Fixed(1) != kPointerOmitted) head.Uleb();  // where the types are
  const auto encoding = static_cast<uint8_t>(head.Fixed(1));
  const uint64_t length = head.Uleb();
  if (!head.ok() || length > kMaxTable) return pads;
  const uint64_t table = head.address();
  bytes = file.ReadLoaded(table, static_cast<size_t>(length));
  ByteCursor in(bytes, table);
  while (in.left() != 0) {
    const uint64_t start = in.Pointer(encoding & 0x0f);
    const uint64_t size = in.Pointer(encoding & 0x0f);
    const uint64_t pad = in.Pointer(encoding & 0x0f);
    in.Uleb();  // action
    if (!in.ok()) break;
    if (pad != 0) pads.push_back({part.begin + start, part.begin + start + size, base + pad});
  }
  return pads;
}

}  // namespace allocprof::symbols
