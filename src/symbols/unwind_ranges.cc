// SPDX-License-Identifier: Apache-2.0
#include "symbols/unwind_ranges.h"

#include <gelf.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace allocprof::symbols {
namespace {

// The starts in the search table of .eh_frame_hdr, in the one encoding that linkers write (pairs
// of sdata4 relative to the section). Empty when there is no such table.
std::vector<uint64_t> ReadStarts(Elf* elf) {
  std::vector<uint64_t> starts;
  size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) return starts;
  for (size_t i = 0; i < count; i++) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr) break;
    if (segment.p_type != PT_GNU_EH_FRAME) continue;
    Elf_Data* data = elf_getdata_rawchunk(elf, static_cast<int64_t>(segment.p_offset),
                                          segment.p_filesz, ELF_T_BYTE);
    if (data == nullptr || data->d_buf == nullptr || data->d_size < 12) break;
    const auto* bytes = static_cast<const unsigned char*>(data->d_buf);
    // version 1; eh_frame_ptr pcrel sdata4, fde_count udata4, table datarel sdata4
    if (bytes[0] != 1 || (bytes[1] & 0x0f) != 0x0b || bytes[2] != 0x03 || bytes[3] != 0x3b) break;
    uint32_t entries;
    std::memcpy(&entries, bytes + 8, 4);
    if (entries > (data->d_size - 12) / 8) break;
    starts.reserve(entries);
    for (uint32_t e = 0; e < entries; e++) {
      int32_t offset;
      std::memcpy(&offset, bytes + 12 + 8 * size_t{e}, 4);
      starts.push_back(segment.p_vaddr + static_cast<uint64_t>(static_cast<int64_t>(offset)));
    }
    break;
  }
  std::sort(starts.begin(), starts.end());
  return starts;
}

}  // namespace

UnwindRanges::UnwindRanges(const ElfFile& file)
    : cfi_(dwarf_getcfi_elf(file.elf())), starts_(ReadStarts(file.elf())) {}

UnwindRanges::~UnwindRanges() {
  if (cfi_ != nullptr) dwarf_cfi_end(cfi_);
}

std::optional<uint64_t> UnwindRanges::Start(uint64_t vaddr) const {
  auto next = std::upper_bound(starts_.begin(), starts_.end(), vaddr);
  if (next == starts_.begin() || cfi_ == nullptr) return std::nullopt;
  // The table has starts only; whether the function reaches this far its entry knows.
  Dwarf_Frame* frame = nullptr;
  if (dwarf_cfi_addrframe(cfi_, vaddr, &frame) != 0) return std::nullopt;
  std::free(frame);
  return *--next;
}

}  // namespace allocprof::symbols
