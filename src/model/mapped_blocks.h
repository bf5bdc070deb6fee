// SPDX-License-Identifier: Apache-2.0
//
// Blocks that glibc maps from the system one by one, told by its own rule: one that its free memory
// has no room for and that has at least the threshold, 128 KiB to begin with. Freeing a mapped
// block that is larger than the threshold, up to 32 MiB, raises the threshold to its size. A
// realloc of a mapped block leaves it mapped (mremap).
// Source: glibc 2.36 malloc/malloc.c, sysmalloc, __libc_free, mremap_chunk.
//
// Limits: an estimate. A large block that fits into free memory is not mapped, nor is any under
// M_MMAP_MAX=0, and the threshold is fixed once the program sets M_MMAP_THRESHOLD or
// M_TRIM_THRESHOLD; another malloc has other rules. A window's mappings are counted with the
// threshold at its default. Units: bytes in whole pages. Memory: a bit a live block.
#pragma once

#include <algorithm>
#include <vector>

#include "model/block_observer.h"

namespace allocprof::model {

class MappedBlocks final : public BlockObserver<MappedBlocks> {
 public:
  explicit MappedBlocks(const ReplayContext&) {}

  void OnBirth(const Block& block, const Moment&, const Block* reallocated_from) {
    if (block.slot >= mapped_.size()) mapped_.resize(block.slot + block.slot / 2 + 64);
    // The slot is the old block's then, and so is the mark.
    const bool grown = reallocated_from != nullptr;
    const bool stays = grown && mapped_[block.slot];
    const bool in_place = grown && reallocated_from->address == block.address;
    mapped_[block.slot] = stays || (!in_place && ChunkOf(block.size) >= threshold_);
    if (!mapped_[block.slot]) return;
    if (!stays) blocks_++;
    bytes_ += PagesOf(block.size);
    peak_ = std::max(peak_, bytes_);
  }
  void OnDeath(const Block& block, const Moment&, const Death& death) {
    if (block.slot >= mapped_.size() || !mapped_[block.slot]) return;
    const uint64_t pages = PagesOf(block.size);
    bytes_ -= std::min(bytes_, pages);
    if (death.cause == DeathCause::kRealloc) return;
    mapped_[block.slot] = false;
    if (pages > threshold_ && pages <= kLargestThreshold) threshold_ = pages;
  }

  uint64_t blocks() const { return blocks_; }
  uint64_t peak_bytes() const { return peak_; }
  uint64_t threshold() const { return threshold_; }  // at the end

 private:
  static constexpr uint64_t kPage = 4096;
  static constexpr uint64_t kLargestThreshold = uint64_t{32} << 20;

  static uint64_t ChunkOf(uint64_t size) {
    return size > UINT64_MAX / 2 ? size : (size + 8 + 15) / 16 * 16;
  }
  static uint64_t PagesOf(uint64_t size) {
    if (size > UINT64_MAX / 2) return size;
    return (ChunkOf(size) + 8 + kPage - 1) / kPage * kPage;
  }

  uint64_t threshold_ = 128 * 1024;
  uint64_t blocks_ = 0, bytes_ = 0, peak_ = 0;
  std::vector<bool> mapped_;  // by slot
};

}  // namespace allocprof::model
