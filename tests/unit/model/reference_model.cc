// SPDX-License-Identifier: Apache-2.0
#include "reference_model.h"

#include <algorithm>

namespace allocprof::model {

void ReferenceModel::Malloc(uint32_t thread, const test::Stack& stack, uint64_t address,
                            uint64_t size) {
  ReferenceSite& s = sites[stack];
  s.allocations++;
  s.bytes += size;
  s.live_bytes += size;
  s.live_blocks++;
  s.own_peak = std::max(s.own_peak, s.live_bytes);
  s.size_max = std::max(s.size_max, size);
  blocks_[address] = {stack, thread, size};
  last_allocation_[thread] = address;
  live += size;
  if (live > peak) {
    peak = live;
    sites_at_peak = sites;
  }
}

ReferenceModel::Block ReferenceModel::Kill(uint64_t address) {
  const Block b = blocks_.at(address);
  sites[b.stack].live_bytes -= b.size;
  sites[b.stack].live_blocks--;
  live -= b.size;
  blocks_.erase(address);
  return b;
}

void ReferenceModel::Free(uint32_t thread, uint64_t address) {
  frees++;
  if (!IsLive(address)) {
    unknown_frees++;
    return;
  }
  const Block b = Kill(address);
  if (b.thread != thread) {
    sites[b.stack].cross_thread++;
  } else if (last_allocation_[thread] == address) {
    sites[b.stack].temporary++;
  }
}

void ReferenceModel::Realloc(uint32_t thread, const test::Stack& stack, uint64_t old_address,
                             uint64_t address, uint64_t size) {
  if (IsLive(old_address)) {
    Kill(old_address);
    sites[stack].reallocations++;
    sites[stack].in_place += old_address == address ? 1 : 0;
  } else {
    frees++;
    unknown_frees++;
  }
  Malloc(thread, stack, address, size);
}

}  // namespace allocprof::model
