// SPDX-License-Identifier: Apache-2.0
#include "trace/block_columns.h"

#include <cstring>
#include <utility>

#include "wire/codec.h"

namespace allocprof::trace {
namespace {

using wire::Record;

// A block is a quarter of a ring, and no ring is larger.
constexpr uint64_t kMostBlockBytes = uint64_t{1} << 22;

void Put(std::string* column, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *column += static_cast<char>(value | 0x80);
  *column += static_cast<char>(value);
}

constexpr ColumnKind kDefineColumns[4] = {ColumnKind::kDefineParent, ColumnKind::kDefinePc,
                                          ColumnKind::kDefineFrame, ColumnKind::kDefineDepth};

// Whether the one encoder would write these bytes for what they say: then they can come back.
bool IsCanonical(std::string_view block) {
  const auto* at = reinterpret_cast<const uint8_t*>(block.data()) + sizeof(wire::BlockHead);
  const auto* end = reinterpret_cast<const uint8_t*>(block.data()) + block.size();
  uint8_t again[wire::kMaxRecordBytes + 8];
  uint64_t address = 0;
  while (at != end) {
    wire::Fields r;
    const uint8_t* next = wire::DecodeRecord(at, end, &r);
    if (next == nullptr) return false;
    const uint8_t* written =
        wire::EncodeRecord(again, r.kind, r.aux, r.f[0], r.f[1], r.f[2], r.f[3]);
    const size_t n = static_cast<size_t>(next - at);
    if (written - again != next - at || std::memcmp(again, at, n) != 0) return false;
    const bool alloc = r.kind == Record::kAlloc;
    if (alloc || r.kind == Record::kFree || r.kind == Record::kReallocFree) {
      const uint64_t field = r.f[alloc ? 2 : 1];
      const uint64_t absolute = wire::UnpackAddress(field, address);
      if (wire::PackAddress(absolute, address) != field) return false;
      address = absolute;
      if (!alloc && r.f[3] != 0) return false;
    }
    at = next;
  }
  return true;
}

}  // namespace

bool ColumnWriter::Add(std::string_view block) {
  if (block.size() < sizeof(wire::BlockHead) || block.size() > kMostBlockBytes ||
      !IsCanonical(block)) {
    return false;
  }
  size_ += block.size();
  const auto column = [this](ColumnKind kind) -> std::string* {
    return &columns_[static_cast<size_t>(kind)];
  };
  const auto put_address = [&](ColumnKind kind, const AddressToken& token) {
    Put(column(kind), token.token);
    if (token.has_literal) Put(column(ColumnKind::kLiteral), token.literal);
  };
  const auto* at = reinterpret_cast<const uint8_t*>(block.data()) + sizeof(wire::BlockHead);
  const auto* end = reinterpret_cast<const uint8_t*>(block.data()) + block.size();
  uint64_t records = 0, address = 0;
  for (wire::Fields r; at != end; records++) {
    at = wire::DecodeRecord(at, end, &r);
    *column(ColumnKind::kRecord) += static_cast<char>(static_cast<uint8_t>(r.kind) | r.aux << 4);
    switch (r.kind) {
      case Record::kAlloc:
        address = wire::UnpackAddress(r.f[2], address);
        Put(column(ColumnKind::kAllocStack), r.f[0]);
        Put(column(ColumnKind::kAllocSize), r.f[1]);
        put_address(ColumnKind::kAllocAddress, predictor_.Birth(address, r.f[1]));
        Put(column(ColumnKind::kAllocStamp), r.f[3]);
        break;
      case Record::kFree:
      case Record::kReallocFree:
        address = wire::UnpackAddress(r.f[1], address);
        Put(column(ColumnKind::kFreeStack), r.f[0]);
        put_address(ColumnKind::kFreeAddress, predictor_.Death(address));
        Put(column(ColumnKind::kFreeStamp), r.f[2]);
        break;
      case Record::kDefine:
        for (int i = 0; i < 4; i++) Put(column(kDefineColumns[i]), r.f[i]);
        break;
      default:
        for (const uint64_t field : r.f) Put(column(ColumnKind::kOther), field);
        break;
    }
  }
  column(ColumnKind::kBlock)->append(block.substr(0, sizeof(wire::BlockHead)));
  Put(column(ColumnKind::kBlock), records);
  return true;
}

Columns ColumnWriter::Take() {
  size_ = 0;
  return std::exchange(columns_, {});
}

void ColumnReader::Open(const std::array<std::string_view, kColumns>& columns) {
  columns_ = columns;
}

uint64_t ColumnReader::Number(ColumnKind kind) {
  std::string_view& column = columns_[static_cast<size_t>(kind)];
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !column.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(column.front());
    column.remove_prefix(1);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  damaged_ = true;
  return 0;
}

std::optional<std::string> ColumnReader::Next() {
  std::string_view& heads = columns_[static_cast<size_t>(ColumnKind::kBlock)];
  std::string_view& kinds = columns_[static_cast<size_t>(ColumnKind::kRecord)];
  if (damaged_ || heads.size() < sizeof(wire::BlockHead)) return std::nullopt;
  std::string block(heads.substr(0, sizeof(wire::BlockHead)));
  heads.remove_prefix(sizeof(wire::BlockHead));
  const uint64_t records = Number(ColumnKind::kBlock);
  if (damaged_ || records > kinds.size()) return std::nullopt;

  const auto literal = [this] { return Number(ColumnKind::kLiteral); };
  uint8_t record[wire::kMaxRecordBytes + 8];
  uint64_t base = 0, address = 0;
  for (uint64_t i = 0; i < records; i++) {
    const auto first = static_cast<uint8_t>(kinds[i]);
    const auto kind = static_cast<Record>(first & 7);
    uint64_t f[4] = {0, 0, 0, 0};
    bool good = true;
    switch (kind) {
      case Record::kAlloc:
        f[0] = Number(ColumnKind::kAllocStack);
        f[1] = Number(ColumnKind::kAllocSize);
        good = predictor_.Birth(Number(ColumnKind::kAllocAddress), f[1], literal, &address);
        f[2] = wire::PackAddress(address, std::exchange(base, address));
        f[3] = Number(ColumnKind::kAllocStamp);
        break;
      case Record::kFree:
      case Record::kReallocFree:
        f[0] = Number(ColumnKind::kFreeStack);
        good = predictor_.Death(Number(ColumnKind::kFreeAddress), literal, &address);
        f[1] = wire::PackAddress(address, std::exchange(base, address));
        f[2] = Number(ColumnKind::kFreeStamp);
        break;
      case Record::kDefine:
        for (int k = 0; k < 4; k++) f[k] = Number(kDefineColumns[k]);
        break;
      default:
        for (uint64_t& field : f) field = Number(ColumnKind::kOther);
        break;
    }
    const uint8_t* end = wire::EncodeRecord(record, kind, first >> 4, f[0], f[1], f[2], f[3]);
    block.append(reinterpret_cast<const char*>(record), static_cast<size_t>(end - record));
    damaged_ = damaged_ || !good || block.size() > kMostBlockBytes;
    if (damaged_) return std::nullopt;
  }
  kinds.remove_prefix(records);
  return block;
}

}  // namespace allocprof::trace
