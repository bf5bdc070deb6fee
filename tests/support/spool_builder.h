// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a trace.json.spool, as a process leaves them that died: src/wire/spool.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/block_builder.h"
#include "wire/spool.h"

namespace allocprof::test {

inline constexpr uint32_t kRingBytes = 16384;
inline constexpr uint64_t kBlockBytes = kRingBytes / wire::kBlocksPerRing;

class SpoolBuilder {
 public:
  // Of the process that TraceBuilder's header names.
  SpoolBuilder();

  wire::SpoolHeader header{};

  SpoolBuilder& LogModule(const std::string& line);
  // A ring whose blocks, the first of them number `first`, are not in the trace. At most four.
  SpoolBuilder& Ring(uint32_t thread, const std::vector<BlockBuilder>& blocks, uint64_t first = 0);

  // To damage before bytes() is asked for.
  wire::RingHeader& ring(size_t index) { return rings_[index].header; }

  std::string bytes() const;

 private:
  struct OneRing {
    wire::RingHeader header{};
    std::string blocks;
  };

  std::string module_log_;
  std::vector<OneRing> rings_;
};

}  // namespace allocprof::test
