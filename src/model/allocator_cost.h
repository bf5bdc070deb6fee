// SPDX-License-Identifier: Apache-2.0
//
// What the real allocator's calls cost by kind and size, from the calls that were timed, and how
// much larger its blocks are than asked for.
//
// Size classes are powers of two: class i holds the sizes up to 2^i that class i - 1 does not. The
// rounding is kept by exact size up to 512 bytes, beyond in classes of a 16th of a power of two: an
// allocator rounds a size the same way each time, nearly.
// Units: stamps, bytes.
#pragma once

#include <array>

#include "model/block_observer.h"
#include "model/cost_histogram.h"

namespace allocprof::model {

class AllocatorCost final : public BlockObserver<AllocatorCost> {
 public:
  enum Call : size_t { kAllocate, kReallocate, kFree, kCalls };
  static constexpr size_t kClasses = 65;

  struct Class {
    uint64_t calls = 0;  // all of them, the timed ones among them
    CostHistogram cost;
  };

  explicit AllocatorCost(const ReplayContext&) {}

  static size_t ClassOf(uint64_t size);

  const Class& Of(Call call, size_t size_class) const { return classes_[call][size_class]; }
  // Bytes that the allocator gave beyond what was asked for, in the blocks live at the peak and at
  // the end: an estimate from the blocks of each class whose usable size is known.
  double slack_at_peak() const { return slack_at_peak_; }
  double slack_at_end() const { return slack_at_end_; }
  uint64_t sized_blocks() const { return sized_blocks_; }

  void OnBirth(const Block& block, const Moment& at, const Block* reallocated_from);
  void OnDeath(const Block& block, const Moment& at, const Death& death);
  void OnCost(const Block& block, const Moment& at, wire::Entry entry, const Cost& cost);
  void OnProcessEnd(uint32_t process, uint64_t stamp, const std::vector<Block>& left) override;
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

 private:
  void Drop(const Block& block);

  static constexpr size_t kExactSizes = 512;
  static size_t RoundingOf(uint64_t size);
  static Call CallOf(wire::Entry entry);

  // Blocks alive, as at the last peak kept when a class first changes after it.
  struct Live {
    uint64_t blocks = 0, at_peak = 0, epoch = 0;
    uint64_t sized = 0, slack = 0;  // blocks whose usable size is known, what it is beyond the size
  };

  void Touch(Live* live);

  std::array<std::array<Class, kClasses>, kCalls> classes_;
  std::array<Live, kExactSizes + 16 * kClasses> live_;  // by RoundingOf
  uint64_t live_bytes_ = 0, peak_bytes_ = 0, epoch_ = 1;
  uint64_t sized_blocks_ = 0;
  double slack_at_peak_ = 0, slack_at_end_ = 0;
};

}  // namespace allocprof::model
