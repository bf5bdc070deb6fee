// SPDX-License-Identifier: Apache-2.0
//
// The blocks that are live, by address.
//
// Owns: the blocks, each in a slot that stays its own while it lives; slots are reused, the latest
// freed first. Cost: one cache miss for the table, one for the block. Memory: 64 bytes a slot, and
// 16 to 32 a live block for the table.
#pragma once

#include <cstdint>
#include <vector>

#include "model/block_observer.h"

namespace allocprof::model {

class LiveSet {
 public:
  LiveSet() : cells_(kSmallest, Cell{}) {}

  // Where the block at `address` stands, or would; valid until the set changes.
  struct Place {
    size_t cell;
    uint32_t hash;
    uint32_t slot;  // kNoSlot: there is no such block
  };
  Place Find(uint64_t address) const;
  const Block& At(uint32_t slot) const { return blocks_[slot]; }

  // REQUIRES: Find(block.address) is `place`, and there is no such block.
  // block.slot is where it goes: one that Detach gave, or kNoSlot for any. Returns it as it stands.
  const Block& Insert(const Block& block, const Place& place);
  // Takes a live block away and frees its slot.
  void Remove(const Place& place);
  // Takes a live block away; its slot stays taken until it is inserted again.
  void Detach(const Place& place);

  std::vector<Block> Blocks() const;
  // Marks all live blocks, see Block::old.
  void MakeOld();

 private:
  static constexpr size_t kSmallest = 1024;

  struct Cell {
    uint32_t hash = 0;
    uint32_t slot = kNoSlot;  // kNoSlot: empty
  };

  static uint32_t Hash(uint64_t address);
  size_t Home(uint32_t hash) const { return hash >> shift_; }
  size_t Next(size_t i) const { return (i + 1) & (cells_.size() - 1); }
  void Put(Cell cell);
  void Grow();

  std::vector<Cell> cells_;  // a power of two, at most half full; linear probing
  uint32_t shift_ = 22;      // 32 - log2(cells_.size())
  size_t used_ = 0;
  std::vector<Block> blocks_;  // by slot
  std::vector<uint32_t> free_;
};

}  // namespace allocprof::model
