// SPDX-License-Identifier: Apache-2.0
//
// The profile as anyone would write it who need not be fast: maps, and a copy of all sites at each
// new peak. The replay must agree with it on any sequence of events.
#pragma once

#include <cstdint>
#include <map>

#include "support/recording.h"

namespace allocprof::model {

struct ReferenceSite {
  uint64_t allocations = 0, bytes = 0, reallocations = 0, in_place = 0, temporary = 0;
  uint64_t cross_thread = 0, failed = 0, live_bytes = 0, live_blocks = 0, own_peak = 0;
  uint64_t size_max = 0;
};

class ReferenceModel {
 public:
  void Malloc(uint32_t thread, const test::Stack& stack, uint64_t address, uint64_t size);
  void Free(uint32_t thread, uint64_t address);
  void Realloc(uint32_t thread, const test::Stack& stack, uint64_t old_address, uint64_t address,
               uint64_t size);
  void Failed(const test::Stack& stack) { sites[stack].failed++; }

  bool IsLive(uint64_t address) const { return blocks_.count(address) != 0; }

  std::map<test::Stack, ReferenceSite> sites;
  std::map<test::Stack, ReferenceSite> sites_at_peak;
  uint64_t live = 0, peak = 0, frees = 0, unknown_frees = 0;

 private:
  struct Block {
    test::Stack stack;
    uint32_t thread;
    uint64_t size;
  };
  Block Kill(uint64_t address);

  std::map<uint64_t, Block> blocks_;
  std::map<uint32_t, uint64_t> last_allocation_;  // by thread
};

}  // namespace allocprof::model
