// SPDX-License-Identifier: Apache-2.0
//
// How often each size, or each length of time, occurred: exact up to 256, then sixteen buckets a
// power of two, which is the last value of its bucket. A quantile is at most 6 % too large. There
// is one for each of many thousand call stacks, most of which see few different values: only
// buckets in use take memory. Memory: 24 bytes and 16 a bucket in use, at most 1,153 of them.
// Thread-safety: none.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace allocprof::model {

class Histogram {
 public:
  struct Bucket {
    uint32_t index = 0;
    uint64_t count = 0;
  };

  void Add(uint64_t value, uint64_t count = 1) { CountOf(IndexOf(value)) += count; }
  void Add(const Histogram& other) {
    for (const Bucket& b : other.buckets_) CountOf(b.index) += b.count;
  }

  uint64_t count() const {
    uint64_t n = 0;
    for (const Bucket& b : buckets_) n += b.count;
    return n;
  }
  bool empty() const { return buckets_.empty(); }

  // The smallest value that at least `share` of all are not above, as the upper end of its bucket;
  // 0 when there is none. REQUIRES: 0 < share <= 1.
  uint64_t Quantile(double share) const {
    const uint64_t all = count();
    if (all == 0) return 0;
    const auto wanted =
        std::max<uint64_t>(1, static_cast<uint64_t>(share * static_cast<double>(all) + 0.999999));
    uint64_t seen = 0;
    for (const Bucket& b : buckets_) {
      seen += b.count;
      if (seen >= wanted) return UpperEnd(b.index);
    }
    return UpperEnd(buckets_.back().index);
  }

  // By value.
  const std::vector<Bucket>& buckets() const { return buckets_; }

  static uint32_t IndexOf(uint64_t value) { return value == 0 ? 0 : 1 + PlaceOf(value - 1); }
  // The largest value of a bucket.
  static uint64_t UpperEnd(uint32_t index) {
    if (index == 0) return 0;
    const uint64_t before = LastOf(index - 1);
    return before == UINT64_MAX ? before : before + 1;
  }

 private:
  static constexpr uint32_t kExact = 256;
  static constexpr uint32_t kFirstOctave = 8;
  static constexpr uint32_t kPartBits = 4;
  static constexpr uint32_t kParts = 1u << kPartBits;

  // Of numbers from 0 on, where a power of two is the first of its bucket.
  static uint32_t PlaceOf(uint64_t n) {
    if (n < kExact) return static_cast<uint32_t>(n);
    const auto octave = static_cast<uint32_t>(std::bit_width(n)) - 1;  // 8 to 63
    const auto part = static_cast<uint32_t>(n >> (octave - kPartBits)) & (kParts - 1);
    return kExact + (octave - kFirstOctave) * kParts + part;
  }
  static uint64_t LastOf(uint32_t place) {
    if (place < kExact) return place;
    const uint32_t octave = (place - kExact) / kParts + kFirstOctave;
    const uint64_t part = (place - kExact) % kParts;
    const uint64_t width = uint64_t{1} << (octave - kPartBits);
    return (uint64_t{1} << octave) + (part + 1) * width - 1;
  }

  uint64_t& CountOf(uint32_t index) {
    // What was counted last is often counted next.
    if (last_ < buckets_.size() && buckets_[last_].index == index) return buckets_[last_].count;
    const auto at = std::lower_bound(buckets_.begin(), buckets_.end(), index,
                                     [](const Bucket& b, uint32_t i) { return b.index < i; });
    last_ = static_cast<size_t>(at - buckets_.begin());
    if (at == buckets_.end() || at->index != index) {
      return buckets_.insert(at, Bucket{index, 0})->count;
    }
    return at->count;
  }

  std::vector<Bucket> buckets_;  // by index
  size_t last_ = 0;
};

}  // namespace allocprof::model
