// SPDX-License-Identifier: Apache-2.0
#include "symbols/function_parts.h"

#include <dwarf.h>
#include <gelf.h>

#include <algorithm>
#include <cstdlib>

#include "symbols/byte_cursor.h"

namespace allocprof::symbols {
namespace {

// An FDE's head, up to its LSDA pointer, and a CIE with its augmentation are far shorter.
constexpr size_t kEntryBytes = 256;
constexpr uint64_t kMaxPart = uint64_t{1} << 24;
constexpr int kStackPointer = 7;  // DWARF number of rsp

struct Encodings {
  uint8_t pointer = 0;
  uint8_t lsda = kPointerOmitted;
  bool sized = false;  // FDEs have augmentation data
};

std::optional<Encodings> ReadCie(const ElfFile& file, uint64_t address) {
  const std::vector<uint8_t> bytes = file.ReadLoaded(address, kEntryBytes);
  ByteCursor in(bytes, address);
  if (const uint64_t length = in.Fixed(4); length == 0 || length == 0xffffffff) return std::nullopt;
  if (in.Fixed(4) != 0) return std::nullopt;  // not a CIE
  const uint64_t version = in.Fixed(1);
  std::vector<char> augmentation;
  while (const auto c = static_cast<char>(in.Fixed(1))) augmentation.push_back(c);
  in.Uleb();  // code alignment
  in.Sleb();  // data alignment
  if (version == 1) {
    in.Fixed(1);
  } else {
    in.Uleb();
  }
  Encodings found;
  for (const char c : augmentation) {
    if (c == 'z') {
      found.sized = true;
      in.Uleb();
    } else if (c == 'R') {
      found.pointer = static_cast<uint8_t>(in.Fixed(1));
    } else if (c == 'L') {
      found.lsda = static_cast<uint8_t>(in.Fixed(1));
    } else if (c == 'P') {
      in.Pointer(static_cast<uint8_t>(in.Fixed(1)) & 0x7f);  // the personality: only passed over
    } else if (c != 'S' && c != 'B') {
      return std::nullopt;
    }
  }
  return in.ok() ? std::optional(found) : std::nullopt;
}

std::vector<std::pair<uint64_t, uint64_t>> ReadTable(const ElfFile& file) {
  std::vector<std::pair<uint64_t, uint64_t>> entries;
  size_t count = 0;
  if (elf_getphdrnum(file.elf(), &count) != 0) return entries;
  for (size_t i = 0; i < count; i++) {
    GElf_Phdr segment;
    if (gelf_getphdr(file.elf(), static_cast<int>(i), &segment) == nullptr) break;
    if (segment.p_type != PT_GNU_EH_FRAME) continue;
    // The size is the file's word: what is there is what counts.
    const std::vector<uint8_t> bytes = file.ReadLoaded(
        segment.p_vaddr, static_cast<size_t>(std::min<uint64_t>(segment.p_filesz, 1u << 28)));
    ByteCursor in(bytes, segment.p_vaddr);
    // Version 1; eh_frame_ptr pcrel sdata4, fde_count udata4, table datarel sdata4: what linkers
    // write.
    const uint64_t version = in.Fixed(1), pointer = in.Fixed(1), counts = in.Fixed(1),
                   table = in.Fixed(1);
    if (version != 1 || (pointer & 0x0f) != 0x0b || counts != 0x03 || table != 0x3b) break;
    in.Fixed(4);
    const uint64_t wanted = in.Fixed(4);
    if (!in.ok() || wanted > in.left() / 8) break;
    entries.reserve(wanted);
    for (uint64_t e = 0; e < wanted; e++) {
      const uint64_t start = segment.p_vaddr + in.SignedFixed(4);
      entries.emplace_back(start, segment.p_vaddr + in.SignedFixed(4));
    }
    break;
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace

FunctionParts::FunctionParts(const ElfFile& file)
    : file_(file), cfi_(dwarf_getcfi_elf(file.elf())), entries_(ReadTable(file)) {}

FunctionParts::~FunctionParts() {
  if (cfi_ != nullptr) dwarf_cfi_end(cfi_);
}

std::optional<FunctionPart> FunctionParts::Find(uint64_t vaddr) const {
  const auto next = std::upper_bound(entries_.begin(), entries_.end(), vaddr,
                                     [](uint64_t v, const auto& entry) { return v < entry.first; });
  if (next == entries_.begin()) return std::nullopt;
  const uint64_t address = std::prev(next)->second;
  const std::vector<uint8_t> bytes = file_.ReadLoaded(address, kEntryBytes);
  ByteCursor in(bytes, address);
  if (const uint64_t length = in.Fixed(4); length == 0 || length == 0xffffffff) return std::nullopt;
  const uint64_t field = in.address();
  const auto cie = ReadCie(file_, field - in.Fixed(4));
  if (!cie) return std::nullopt;
  FunctionPart part;
  part.begin = in.Pointer(cie->pointer);
  const uint64_t size = in.Pointer(cie->pointer & 0x0f);
  if (cie->sized) in.Uleb();
  part.lsda = in.Pointer(cie->lsda);
  part.end = part.begin + size;
  if (!in.ok() || size > kMaxPart || vaddr < part.begin || vaddr >= part.end) return std::nullopt;
  return part;
}

bool FunctionParts::AtEntryState(uint64_t vaddr) const {
  Dwarf_Frame* frame = nullptr;
  if (cfi_ == nullptr || dwarf_cfi_addrframe(cfi_, vaddr, &frame) != 0) return false;
  Dwarf_Op* ops = nullptr;
  size_t count = 0;
  const bool entry =
      dwarf_frame_cfa(frame, &ops, &count) == 0 && count == 1 &&
      ((ops[0].atom == DW_OP_breg0 + kStackPointer && ops[0].number == 8) ||
       (ops[0].atom == DW_OP_bregx && ops[0].number == kStackPointer && ops[0].number2 == 8));
  std::free(frame);
  return entry;
}

}  // namespace allocprof::symbols
