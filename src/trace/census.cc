// SPDX-License-Identifier: Apache-2.0
#include "trace/census.h"

#include <vector>

#include "wire/base64.h"
#include "wire/codec.h"
#include "wire/format.h"

namespace allocprof::trace {
namespace {

constexpr std::string_view kKindKey = "{\"k\":\"";
constexpr std::string_view kDataKey = "\"data\":\"";

Bytes* ExtendedSlot(uint8_t sub_kind, Census* census) {
  switch (static_cast<wire::Extended>(sub_kind)) {
    case wire::Extended::kCost:
      return &census->costs;
    case wire::Extended::kRegion:
      return &census->regions;
    case wire::Extended::kPool:
      return &census->pools;
  }
  return &census->extended;
}

Bytes* Slot(const wire::Fields& record, Census* census) {
  switch (record.kind) {
    case wire::Record::kAlloc:
      return &census->allocations;
    case wire::Record::kFree:
      return &census->frees;
    case wire::Record::kReallocFree:
      return &census->realloc_frees;
    case wire::Record::kDefine:
      return &census->definitions;
    case wire::Record::kFailed:
      return &census->failed;
    case wire::Record::kDeeper:
      return &census->deeper;
    case wire::Record::kExtended:
      return ExtendedSlot(record.aux, census);
    default:
      return &census->extended;
  }
}

void CountBlock(const uint8_t* at, size_t n, Census* census) {
  const uint8_t* const end = at + n;
  if (n < sizeof(wire::BlockHead)) {
    census->undecoded += n;
    return;
  }
  census->block_heads.Add(sizeof(wire::BlockHead));
  at += sizeof(wire::BlockHead);
  wire::Fields fields;
  while (at != end) {
    const uint8_t* next = wire::DecodeRecord(at, end, &fields);
    if (next == nullptr) break;
    Slot(fields, census)->Add(static_cast<uint64_t>(next - at));
    at = next;
  }
  census->undecoded += static_cast<uint64_t>(end - at);
}

void CountChunk(std::string_view line, uint64_t whole, std::vector<uint8_t>* packed,
                Census* census) {
  const size_t key = line.find(kDataKey);
  const size_t begin = key == line.npos ? line.npos : key + kDataKey.size();
  const size_t end = begin == line.npos ? line.npos : line.find('"', begin);
  if (end == line.npos) {
    census->damaged.Add(whole);
    return;
  }
  const std::string_view text = line.substr(begin, end - begin);
  packed->resize(text.size() / 4 * 3 + 3);
  const ptrdiff_t n = wire::DecodeBase64(text.data(), text.size(), packed->data());
  if (n < 0) {
    census->damaged.Add(whole);
    return;
  }
  census->chunk_json.Add(whole - text.size());
  census->base64_overhead += text.size() - static_cast<size_t>(n);
  CountBlock(packed->data(), static_cast<size_t>(n), census);
}

}  // namespace

uint64_t Census::Payload() const {
  uint64_t sum = undecoded;
  for (const Bytes* b : {&block_heads, &definitions, &allocations, &frees, &realloc_frees, &failed,
                         &deeper, &costs, &regions, &pools, &extended}) {
    sum += b->bytes;
  }
  return sum;
}

uint64_t Census::Sum() const {
  uint64_t sum = frame.bytes + holes.bytes + damaged.bytes + chunk_json.bytes + base64_overhead;
  for (const auto& [kind, b] : plain) sum += b.bytes;
  return sum + Payload();
}

Census Count(std::string_view document) {
  Census census;
  std::vector<uint8_t> packed;
  bool first = true;
  while (!document.empty()) {
    const size_t end = document.find('\n');
    std::string_view line = document.substr(0, end);
    const bool whole = end != document.npos;
    document.remove_prefix(whole ? end + 1 : document.size());
    if (first) {
      census.plain["header"].Add(line.size() + (whole ? 1 : 0));
      first = false;
      continue;
    }
    if (const size_t hole = line.rfind('\0'); hole != line.npos) {
      census.holes.Add(hole + 1);
      line.remove_prefix(hole + 1);
    }
    const uint64_t bytes = line.size() + (whole ? 1 : 0);
    if (line.empty() || line == "\"records\":[" || line == "]}") {
      census.frame.Add(bytes);
    } else if (!whole || !line.starts_with(kKindKey)) {
      census.damaged.Add(bytes);
    } else {
      const std::string_view rest = line.substr(kKindKey.size());
      const std::string_view kind = rest.substr(0, rest.find('"'));
      if (kind == "chunk") {
        CountChunk(line, bytes, &packed, &census);
      } else {
        census.plain[std::string(kind)].Add(bytes);
      }
    }
  }
  return census;
}

Census CountSpool(const Trace& trace) {
  Census census;
  for (const Chunk& chunk : trace.chunks) {
    if (chunk.packed == nullptr) continue;
    CountBlock(reinterpret_cast<const uint8_t*>(chunk.packed->data()), chunk.packed->size(),
               &census);
  }
  return census;
}

}  // namespace allocprof::trace
