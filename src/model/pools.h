// SPDX-License-Identifier: Apache-2.0
//
// What a program tells of allocators of its own: blocks that they gave, took back, or took back all
// at once. They stand beside the blocks of malloc that they are carved from.
//
// Pools of one name are one; a reset is of its own process's. Memory: live blocks of pools.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "model/block_observer.h"
#include "trace/names.h"

namespace allocprof::model {

struct PoolTotals {
  uint64_t allocations = 0;
  uint64_t allocated_bytes = 0;
  uint64_t frees = 0;  // one by one
  uint64_t resets = 0;
  uint64_t reset_blocks = 0;   // taken back by them
  uint64_t unknown_frees = 0;  // of blocks that it did not give
  uint64_t live_bytes = 0;     // at the end
  uint64_t live_blocks = 0;
  uint64_t peak_bytes = 0;
  uint64_t peak_blocks = 0;  // then
};

class Pools final : public Observer {
 public:
  explicit Pools(const ReplayContext& context)
      : names_(context.trace), thread_numbers_(context.thread_numbers) {}

  void OnEvents(const BlockEvent* first, const BlockEvent* last) override;

  // By name.
  const std::map<std::string, PoolTotals>& pools() const { return pools_; }

 private:
  struct Pool {
    PoolTotals* totals;
    std::unordered_map<uint64_t, uint64_t> sizes;  // of live blocks, by address
  };

  void Take(const BlockEvent& e);

  trace::Names names_;
  const std::vector<uint32_t>& thread_numbers_;
  std::map<std::pair<uint32_t, uint64_t>, Pool> pool_of_;  // by process and name's id
  std::map<std::string, PoolTotals> pools_;
};

}  // namespace allocprof::model
