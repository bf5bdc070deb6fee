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

#include "base/huge_pages.h"
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
  // Has the memory that Find will need on its way: first for one, later for both.
  void WillFind(uint64_t address) const { __builtin_prefetch(&cells_[Home(Hash(address))]); }
  void WillTake(uint64_t address) const {
    const Cell& cell = cells_[Home(Hash(address))];
    if (cell.slot != kNoSlot) __builtin_prefetch(&blocks_[cell.slot]);
  }
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

  // The upper half of the product: the bits that depend on all of the address.
  static uint32_t Hash(uint64_t address) {
    return static_cast<uint32_t>((address * 0x9e3779b97f4a7c15u) >> 32);
  }
  size_t Home(uint32_t hash) const { return hash >> shift_; }
  size_t Next(size_t i) const { return (i + 1) & (cells_.size() - 1); }
  void Put(Cell cell);
  void Grow();

  HugeVector<Cell> cells_;  // a power of two, at most half full; linear probing
  uint32_t shift_ = 22;     // 32 - log2(cells_.size())
  size_t used_ = 0;
  HugeVector<Block> blocks_;  // by slot
  std::vector<uint32_t> free_;
};

}  // namespace allocprof::model
