// SPDX-License-Identifier: Apache-2.0
//
// Blocks of packed records turned into columns, which zstd compresses far better: each field of
// each kind of record by itself, addresses as an AddressPredictor tells them.
//
// The way back gives the same bytes: a writer that meets a block of which it does not says so, and
// the block stays as it is. Layout: FORMAT.md, "Packed traces". Thread-safety: none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trace/address_predictor.h"

namespace allocprof::trace {

enum class ColumnKind : uint8_t {
  kBlock,   // of each block: the BlockHead, the number of records
  kRecord,  // of each record: kind | aux << 4
  kAllocStack,
  kAllocSize,
  kAllocAddress,
  kAllocStamp,
  kFreeStack,
  kFreeAddress,
  kFreeStamp,
  kLiteral,  // addresses that no token tells
  kDefineParent,
  kDefinePc,
  kDefineFrame,
  kDefineDepth,
  kOther,  // records of other kinds: their four fields
  kCount,
};
inline constexpr size_t kColumns = static_cast<size_t>(ColumnKind::kCount);

using Columns = std::array<std::string, kColumns>;

class ColumnWriter {
 public:
  // Appends one block. False, and nothing is appended, if its bytes would not come back.
  bool Add(std::string_view block);

  // What was added since the last call.
  Columns Take();
  size_t size() const { return size_; }  // bytes of the blocks added since

 private:
  AddressPredictor predictor_;
  Columns columns_;
  size_t size_ = 0;
};

class ColumnReader {
 public:
  // The columns of the blocks that follow; they must stay until the last of them is read.
  void Open(const std::array<std::string_view, kColumns>& columns);

  // The next block; nothing when the columns are damaged or at their end.
  std::optional<std::string> Next();

 private:
  uint64_t Number(ColumnKind column);

  AddressPredictor predictor_;
  std::array<std::string_view, kColumns> columns_;
  bool damaged_ = false;
};

}  // namespace allocprof::trace
