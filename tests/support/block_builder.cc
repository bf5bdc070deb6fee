// SPDX-License-Identifier: Apache-2.0
#include "support/block_builder.h"

#include <algorithm>
#include <cstring>

namespace allocprof::test {

BlockBuilder::BlockBuilder(uint32_t thread, uint64_t stamp, uint32_t next_id) : thread_(thread) {
  const wire::BlockHead head{stamp, next_id, thread};
  bytes_.assign(reinterpret_cast<const char*>(&head), sizeof(head));
  delta_.stamp = stamp;
  delta_.next_id = next_id;
}

uint32_t BlockBuilder::Define(uint32_t parent, uint64_t pc, uint64_t frame_bytes, uint64_t depth,
                              uint8_t flags) {
  const uint32_t id = delta_.next_id++;
  const uint64_t pc_field = wire::ZigZag(static_cast<int64_t>(pc - delta_.pc));
  delta_.pc = pc;
  counts_.definitions++;
  Record(wire::Record::kDefine, flags, parent == 0 ? 0 : id - parent, pc_field, frame_bytes,
         depth + 1);
  return id;
}

void BlockBuilder::Deeper(uint32_t stack, uint64_t depth) {
  Record(wire::Record::kDeeper, 0, StackField(stack), depth, 0, 0);
}

void BlockBuilder::Alloc(uint32_t stack, uint64_t address, uint64_t size, uint64_t stamp,
                         wire::Entry entry) {
  const uint64_t f0 = StackField(stack), f2 = AddressField(address), f3 = StampField(stamp);
  Record(wire::Record::kAlloc, static_cast<uint8_t>(entry), f0, size, f2, f3);
  counts_.allocations++;
  counts_.allocated_bytes += size;
  Count(stamp);
}

void BlockBuilder::Free(uint32_t stack, uint64_t address, uint64_t stamp, wire::Entry entry) {
  const uint64_t f0 = StackField(stack), f1 = AddressField(address), f2 = StampField(stamp);
  Record(wire::Record::kFree, static_cast<uint8_t>(entry), f0, f1, f2, 0);
  counts_.frees++;
  Count(stamp);
}

void BlockBuilder::ReallocFree(uint32_t stack, uint64_t address, uint64_t stamp,
                               wire::Entry entry) {
  const uint64_t f0 = StackField(stack), f1 = AddressField(address), f2 = StampField(stamp);
  Record(wire::Record::kReallocFree, static_cast<uint8_t>(entry), f0, f1, f2, 0);
  counts_.reallocations++;
  Count(stamp);
}

void BlockBuilder::Failed(uint32_t stack, uint64_t size, uint64_t stamp, wire::Entry entry) {
  const uint64_t f0 = StackField(stack), f2 = StampField(stamp);
  Record(wire::Record::kFailed, static_cast<uint8_t>(entry), f0, size, f2, 0);
  counts_.failed++;
  Count(stamp);
}

void BlockBuilder::Cost(uint64_t cost, uint64_t usable) {
  Record(wire::Record::kExtended, static_cast<uint8_t>(wire::Extended::kCost), cost, usable, 0, 0);
}

void BlockBuilder::Region(uint8_t flags, uint64_t name, uint64_t stamp) {
  Record(wire::Record::kExtended, static_cast<uint8_t>(wire::Extended::kRegion), flags, name,
         StampField(stamp), 0);
}

void BlockBuilder::Pool(wire::PoolOp operation, uint64_t name, uint32_t stack, uint64_t address,
                        uint64_t size) {
  Record(wire::Record::kExtended, static_cast<uint8_t>(wire::Extended::kPool), stack, size,
         name * 4 + static_cast<uint64_t>(operation), address);
}

void BlockBuilder::Record(wire::Record kind, uint8_t aux, uint64_t f0, uint64_t f1, uint64_t f2,
                          uint64_t f3) {
  uint8_t buffer[wire::kMaxRecordBytes + 8];
  const uint8_t* end = wire::EncodeRecord(buffer, kind, aux, f0, f1, f2, f3);
  bytes_.append(reinterpret_cast<const char*>(buffer), static_cast<size_t>(end - buffer));
}

uint64_t BlockBuilder::StackField(uint32_t stack) {
  const auto delta = static_cast<int32_t>(stack - delta_.stack);
  delta_.stack = stack;
  return wire::ZigZag(delta);
}

uint64_t BlockBuilder::AddressField(uint64_t address) {
  const uint64_t field = wire::PackAddress(address, delta_.address);
  delta_.address = address;
  return field;
}

uint64_t BlockBuilder::StampField(uint64_t stamp) {
  const uint64_t field = wire::ZigZag(static_cast<int64_t>(stamp - delta_.stamp));
  delta_.stamp = stamp;
  return field;
}

void BlockBuilder::Count(uint64_t stamp) {
  counts_.events++;
  counts_.first_stamp = counts_.first_stamp == 0 ? stamp : std::min(counts_.first_stamp, stamp);
  counts_.last_stamp = std::max(counts_.last_stamp, stamp);
}

}  // namespace allocprof::test
