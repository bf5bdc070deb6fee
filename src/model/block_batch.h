// SPDX-License-Identifier: Apache-2.0
//
// What the two halves of a replay hand over, used again and again: BlockReplay fills a batch in by
// addresses, BlockTeller adds the stacks and tells the observers.
#pragma once

#include <cstdint>
#include <vector>

#include "model/block_observer.h"
#include "wire/block_reader.h"

namespace allocprof::model {

struct BlockBatch {
  static constexpr size_t kEvents = 512;

  BlockBatch() : events(kEvents) { reallocated.reserve(kEvents); }

  void Clear() {
    new_threads.clear();
    definitions.clear();
    filled = 0;
    reallocated.clear();
  }
  bool empty() const { return new_threads.empty() && definitions.empty() && filled == 0; }

  struct Definition {
    uint32_t thread;    // index
    wire::Event event;  // kDefine or kDeeper
  };

  // In this order: threads by number, stacks, events.
  std::vector<uint32_t> new_threads;
  std::vector<Definition> definitions;
  // kEvents of them, `filled` are told. Of their stacks only thread and id are filled in; of their
  // blocks all but the site.
  std::vector<BlockEvent> events;
  size_t filled = 0;
  std::vector<Block> reallocated;  // what births point to; never grows past kEvents
  bool told = false;               // false: before the window, observers do not hear of it
};

}  // namespace allocprof::model
