// SPDX-License-Identifier: Apache-2.0
//
// Which live blocks are whose, in a trace of several processes: what one leaves is found at the
// cost of what it leaves. Empty, and asked nothing, for a trace of one process.
//
// Owns: two links a slot. A block is its allocating thread's process's.
#pragma once

#include <cstdint>
#include <vector>

#include "model/block_observer.h"
#include "trace/trace.h"

namespace allocprof::model {

class ProcessBlocks {
 public:
  explicit ProcessBlocks(const trace::Trace& trace) {
    if (trace.processes.size() < 2) return;
    newest_.resize(trace.processes.size(), kNoSlot);
    // Chunks, not threads: the record of a thread may be lost. Numbers of several processes'
    // threads count up from one.
    for (const trace::Chunk& c : trace.chunks) {
      if (c.thread >= process_of_number_.size()) process_of_number_.resize(size_t{c.thread} + 1);
      process_of_number_[c.thread] = c.process;
    }
  }

  bool several() const { return !newest_.empty(); }
  // The next thread's, by its number in the trace.
  void AddThread(uint32_t number) { process_of_thread_.push_back(process_of_number_[number]); }

  void Add(const Block& block) {
    if (block.slot >= links_.size()) links_.resize(block.slot + 1);
    uint32_t& newest = newest_[process_of_thread_[block.thread]];
    links_[block.slot] = {kNoSlot, newest};
    if (newest != kNoSlot) links_[newest].newer = block.slot;
    newest = block.slot;
  }
  void Remove(const Block& block) {
    const Link link = links_[block.slot];
    if (link.older != kNoSlot) links_[link.older].newer = link.newer;
    (link.newer != kNoSlot ? links_[link.newer].older : newest_[process_of_thread_[block.thread]]) =
        link.older;
  }
  // Slots, the youngest block's first.
  std::vector<uint32_t> Of(uint32_t process) const {
    std::vector<uint32_t> slots;
    for (uint32_t slot = newest_[process]; slot != kNoSlot; slot = links_[slot].older) {
      slots.push_back(slot);
    }
    return slots;
  }

 private:
  struct Link {
    uint32_t newer = kNoSlot, older = kNoSlot;
  };

  std::vector<uint32_t> process_of_number_;
  std::vector<uint32_t> process_of_thread_;  // by index into Profile::threads
  std::vector<uint32_t> newest_;             // slot, by process
  std::vector<Link> links_;                  // by slot
};

}  // namespace allocprof::model
