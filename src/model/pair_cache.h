// SPDX-License-Identifier: Apache-2.0
//
// PairCache: what was found of two numbers, kept as long as there is room. It is for answers that
// can be found again: one that is asked for when another has taken its place is found anew.
//
// Memory: at most 2^most_bits cells, however many pairs there are, and fewer while few are known.
// Cost: one look. Thread-safety: none.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/huge_pages.h"
#include "model/stack_tree.h"

namespace allocprof::model {

template <typename Value>
class PairCache {
 public:
  // REQUIRES: most_bits >= kFirstBits.
  explicit PairCache(unsigned most_bits) : most_bits_(most_bits) {}

  // `find` is called when the answer is not at hand; it must not ask this cache.
  template <typename Find>
  Value Of(uint32_t first, uint32_t second, Find find) {
    const uint64_t key = uint64_t{first} << 32 | second;
    if (cells_.empty()) Grow(kFirstBits);
    Cell* cell = &At(key);
    if (cell->used && cell->key == key) return cell->value;
    if (cell->used && bits_ < most_bits_ && filled_ >= cells_.size() / 4) {
      Grow(bits_ + 1);
      cell = &At(key);
    }
    if (!cell->used) filled_++;
    *cell = {key, find(), true};
    return cell->value;
  }

  void Clear() {
    cells_ = {};
    bits_ = 0;
    filled_ = 0;
  }

  size_t cells() const { return cells_.size(); }

  static constexpr unsigned kFirstBits = 10;

 private:
  struct Cell {
    uint64_t key = 0;
    Value value{};
    bool used = false;
  };

  Cell& At(uint64_t key) { return cells_[MixedHash()(key) & (cells_.size() - 1)]; }

  void Grow(unsigned bits) {
    HugeVector<Cell> before(size_t{1} << bits);
    before.swap(cells_);
    bits_ = bits;
    filled_ = 0;
    for (const Cell& cell : before) {
      if (!cell.used) continue;
      Cell& to = At(cell.key);
      if (!to.used) filled_++;
      to = cell;
    }
  }

  unsigned most_bits_;
  unsigned bits_ = 0;
  size_t filled_ = 0;
  HugeVector<Cell> cells_;
};

}  // namespace allocprof::model
