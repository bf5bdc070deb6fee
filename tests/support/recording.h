// SPDX-License-Identifier: Apache-2.0
//
// A recorded process in the words of a test: who allocated what, where and when. It becomes the
// trace.json that a recorder would have written, one chunk a thread unless told otherwise.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/block_builder.h"
#include "support/trace_builder.h"
#include "trace/trace.h"

namespace allocprof::test {

// Program counters, outermost first.
using Stack = std::vector<uint64_t>;

class Recording {
 public:
  // The stamp of the next event. It moves on by 10 with each.
  uint64_t now = kStartStamp + 10;

  Recording& Malloc(uint32_t thread, const Stack& stack, uint64_t address, uint64_t size,
                    wire::Entry entry = wire::Entry::kMalloc);
  Recording& Free(uint32_t thread, uint64_t address, const Stack& stack = {0x900});
  // The two halves of a realloc, 10 apart; each can also be told for itself.
  Recording& Realloc(uint32_t thread, const Stack& stack, uint64_t old_address, uint64_t address,
                     uint64_t size);
  Recording& ReallocDeath(uint32_t thread, const Stack& stack, uint64_t old_address);
  Recording& ReallocBirth(uint32_t thread, const Stack& stack, uint64_t address, uint64_t size);
  Recording& Failed(uint32_t thread, const Stack& stack, uint64_t size);
  // Regions and pools, by the number of a name; see Name.
  Recording& Enter(uint32_t thread, uint64_t name, uint8_t flags = 0);
  Recording& Leave(uint32_t thread, uint64_t name);
  Recording& Pool(uint32_t thread, wire::PoolOp operation, uint64_t name, uint64_t address = 0,
                  uint64_t size = 0, const Stack& stack = {0x800});
  Recording& Name(uint64_t id, const std::string& name);
  // The thread's next event begins a new chunk, in which its paths are not defined again.
  Recording& Cut(uint32_t thread);
  // For what has no word above.
  BlockBuilder& Block(uint32_t thread);
  uint32_t Id(uint32_t thread, const Stack& stack);

  // Records that stand before the chunks: modules, samples.
  TraceBuilder& records() { return records_; }

  // The whole document, or one without its end.
  std::string Text() const;
  std::string TextWithoutEnd() const;
  // Loaded from a temporary file, which is gone when this returns.
  std::shared_ptr<const trace::Trace> Load() const;

 private:
  struct ThreadBlocks {
    std::vector<BlockBuilder> blocks;
    bool fresh = true;
    std::map<Stack, uint32_t> ids;
  };

  uint64_t Tick() {
    const uint64_t stamp = now;
    now += 10;
    return stamp;
  }
  TraceBuilder WithChunks() const;

  TraceBuilder records_;
  std::map<uint32_t, ThreadBlocks> threads_;
};

}  // namespace allocprof::test
