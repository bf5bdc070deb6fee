// SPDX-License-Identifier: Apache-2.0
#include "model/live_set.h"

#include <stdexcept>

namespace allocprof::model {

LiveSet::Place LiveSet::Find(uint64_t address) const {
  const uint32_t hash = Hash(address);
  size_t i = Home(hash);
  for (; cells_[i].slot != kNoSlot; i = Next(i)) {
    if (cells_[i].hash == hash && blocks_[cells_[i].slot].address == address) break;
  }
  return {i, hash, cells_[i].slot};
}

void LiveSet::Put(Cell cell) {
  size_t i = Home(cell.hash);
  while (cells_[i].slot != kNoSlot) i = Next(i);
  cells_[i] = cell;
}

void LiveSet::Grow() {
  // The home of a cell is made of its hash's bits: there are no more of them.
  if (shift_ == 0) throw std::length_error("more than two billion live blocks");
  HugeVector<Cell> old(cells_.size() * 2, Cell{});
  old.swap(cells_);
  shift_--;
  for (const Cell& cell : old) {
    if (cell.slot != kNoSlot) Put(cell);
  }
}

const Block& LiveSet::Insert(const Block& block, const Place& place) {
  uint32_t slot = block.slot;
  if (slot == kNoSlot && !free_.empty()) {
    slot = free_.back();
    free_.pop_back();
  } else if (slot == kNoSlot) {
    slot = static_cast<uint32_t>(blocks_.size());
    blocks_.emplace_back();
  }
  Block& own = blocks_[slot];
  own = block;
  own.slot = slot;
  used_++;
  if (2 * used_ > cells_.size()) {
    Grow();
    Put({place.hash, slot});
  } else {
    cells_[place.cell] = {place.hash, slot};
  }
  return own;
}

void LiveSet::Detach(const Place& place) {
  size_t hole = place.cell;
  // What stands behind the hole moves up if it may: no cell is left that a search would not reach.
  for (size_t i = Next(hole); cells_[i].slot != kNoSlot; i = Next(i)) {
    const size_t mask = cells_.size() - 1;
    const size_t from_home = (i - Home(cells_[i].hash)) & mask;
    if (from_home >= ((i - hole) & mask)) {
      cells_[hole] = cells_[i];
      hole = i;
    }
  }
  cells_[hole] = Cell{};
  used_--;
}

void LiveSet::Remove(const Place& place) {
  Detach(place);
  free_.push_back(place.slot);
}

void LiveSet::MakeOld() {
  for (const Cell& cell : cells_) {
    if (cell.slot != kNoSlot) blocks_[cell.slot].old = true;
  }
}

std::vector<Block> LiveSet::Blocks() const {
  std::vector<Block> blocks;
  blocks.reserve(used_);
  for (const Cell& cell : cells_) {
    if (cell.slot != kNoSlot) blocks.push_back(blocks_[cell.slot]);
  }
  return blocks;
}

}  // namespace allocprof::model
