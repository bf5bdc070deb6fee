// SPDX-License-Identifier: Apache-2.0
#include "model/pools.h"

namespace allocprof::model {
namespace {

void Drop(PoolTotals* t, uint64_t bytes) {
  t->live_bytes -= bytes;
  t->live_blocks--;
}

}  // namespace

void Pools::Take(const BlockEvent& e) {
  const uint64_t id = e.cost.stamps >> 2;
  const uint32_t process = names_.ProcessOf(thread_numbers_[e.moment.stack.thread]);
  const auto [at, fresh] = pool_of_.try_emplace({process, id});
  Pool& pool = at->second;
  if (fresh) pool.totals = &pools_[names_.Pool(process, id)];
  PoolTotals& t = *pool.totals;
  switch (static_cast<wire::PoolOp>(e.cost.stamps & 3)) {
    case wire::PoolOp::kAlloc: {
      const auto [block, unknown] = pool.sizes.try_emplace(e.block.address, e.block.size);
      // Given again: that it was taken back was not told.
      if (!unknown) Drop(&t, std::exchange(block->second, e.block.size));
      t.allocations++;
      t.allocated_bytes += e.block.size;
      t.live_bytes += e.block.size;
      t.live_blocks++;
      if (t.live_bytes > t.peak_bytes) {
        t.peak_bytes = t.live_bytes;
        t.peak_blocks = t.live_blocks;
      }
      break;
    }
    case wire::PoolOp::kFree: {
      t.frees++;
      const auto block = pool.sizes.find(e.block.address);
      if (block == pool.sizes.end()) {
        t.unknown_frees++;
        break;
      }
      Drop(&t, block->second);
      pool.sizes.erase(block);
      break;
    }
    case wire::PoolOp::kReset:
      t.resets++;
      t.reset_blocks += pool.sizes.size();
      for (const auto& [address, size] : pool.sizes) Drop(&t, size);
      pool.sizes.clear();
      break;
  }
}

void Pools::OnEvents(const BlockEvent* first, const BlockEvent* last) {
  for (const BlockEvent* e = first; e != last; e++) {
    if (e->kind == BlockEvent::Kind::kPool) Take(*e);
  }
}

}  // namespace allocprof::model
