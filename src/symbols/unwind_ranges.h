// SPDX-License-Identifier: Apache-2.0
//
// Function boundaries of a stripped file, from its unwind tables: each entry of .eh_frame covers
// one function (or the cold part of one), which is enough to tell functions apart that have no
// name. Owns: the sorted starts, and libdw's handle on the tables. Errors: none; what is not
// covered has no start. Source: LSB 5, "Exception Frames" (.eh_frame_hdr). Thread-safety: none.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "symbols/elf_file.h"

namespace allocprof::symbols {

class UnwindRanges {
 public:
  // `file` must outlive this.
  explicit UnwindRanges(const ElfFile& file);
  ~UnwindRanges();
  UnwindRanges(const UnwindRanges&) = delete;
  UnwindRanges& operator=(const UnwindRanges&) = delete;

  std::optional<uint64_t> Start(uint64_t vaddr) const;

 private:
  Dwarf_CFI* cfi_;
  std::vector<uint64_t> starts_;
};

}  // namespace allocprof::symbols
