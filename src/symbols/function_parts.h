// SPDX-License-Identifier: Apache-2.0
//
// FunctionParts: the runs of code that the unwind tables know. A part is what one FDE covers: a
// function, or the cold part of one that the compiler moved away.
//
// Owns: the search table of .eh_frame_hdr, and libdw's handle on the tables. Stripped files keep
// both. Errors: what is not covered has no part. Source: LSB 5.0, "Exception Frames".
// Thread-safety: none.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "symbols/elf_file.h"

namespace allocprof::symbols {

struct FunctionPart {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t lsda = 0;  // address of its language specific data: the exception tables; 0 = none
};

class FunctionParts {
 public:
  // `file` must outlive this.
  explicit FunctionParts(const ElfFile& file);
  ~FunctionParts();
  FunctionParts(const FunctionParts&) = delete;
  FunctionParts& operator=(const FunctionParts&) = delete;

  std::optional<FunctionPart> Find(uint64_t vaddr) const;

  // True where the frame is as at a function's entry: the return address is on top of the stack.
  // A tail call leaves from such a place, and a function begins with one.
  bool AtEntryState(uint64_t vaddr) const;

 private:
  const ElfFile& file_;
  Dwarf_CFI* cfi_;
  std::vector<std::pair<uint64_t, uint64_t>> entries_;  // start of code, address of its FDE
};

}  // namespace allocprof::symbols
