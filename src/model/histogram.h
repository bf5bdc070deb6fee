// SPDX-License-Identifier: Apache-2.0
//
// How often each size, or each length of time, occurred: exact up to 256, then sixteen buckets a
// power of two, which is the last value of its bucket. A quantile is at most 6 % too large. There
// is one for each of many thousand call stacks, most of which see few different values: only
// groups of sixteen buckets with one in use take memory. Cost: the place of a group is counted in
// a bit mask. Memory: 64 bytes, and 64 a group in use, at most 73 of them. Thread-safety: none.
#pragma once

#include <algorithm>
#include <array>
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

  void Add(uint64_t value, uint64_t count = 1) { Count(IndexOf(value), count); }
  void Add(const Histogram& other) {
    for (uint32_t i = 0; i < kGroups; i++) {
      if (!other.Has(i)) continue;
      const Group& more = other.groups_[other.RankOf(i)];
      Group& group = GroupAt(i);
      for (uint32_t part = 0; part < kParts; part++) {
        group[part] += more[part];
        if (group[part] < more[part]) wraps_.push_back(i * kParts + part);
      }
    }
    wraps_.insert(wraps_.end(), other.wraps_.begin(), other.wraps_.end());
  }

  uint64_t count() const {
    uint64_t n = uint64_t{wraps_.size()} << 32;
    for (const Group& group : groups_) {
      for (const uint32_t bucket : group) n += bucket;
    }
    return n;
  }
  bool empty() const { return groups_.empty(); }

  // The smallest value that at least `share` of all are not above, as the upper end of its bucket;
  // 0 when there is none. REQUIRES: 0 < share <= 1.
  uint64_t Quantile(double share) const {
    const uint64_t all = count();
    if (all == 0) return 0;
    const auto wanted =
        std::max<uint64_t>(1, static_cast<uint64_t>(share * static_cast<double>(all) + 0.999999));
    uint64_t seen = 0;
    const std::vector<Bucket> all_buckets = buckets();
    for (const Bucket& b : all_buckets) {
      seen += b.count;
      if (seen >= wanted) return UpperEnd(b.index);
    }
    return UpperEnd(all_buckets.back().index);
  }

  // By value, those in use.
  std::vector<Bucket> buckets() const {
    std::vector<Bucket> in_use;
    size_t rank = 0;
    for (uint32_t i = 0; i < kGroups; i++) {
      if (!Has(i)) continue;
      const Group& group = groups_[rank++];
      for (uint32_t part = 0; part < kParts; part++) {
        const uint32_t index = i * kParts + part;
        uint64_t n = group[part];
        if (!wraps_.empty()) {
          n += static_cast<uint64_t>(std::count(wraps_.begin(), wraps_.end(), index)) << 32;
        }
        if (n != 0) in_use.push_back({index, n});
      }
    }
    return in_use;
  }

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

  using Group = std::array<uint32_t, kParts>;
  static constexpr uint32_t kBuckets = 1 + kExact + (64 - kFirstOctave) * kParts;
  static constexpr uint32_t kGroups = (kBuckets + kParts - 1) / kParts;
  static constexpr uint32_t kWordBits = 64;
  static_assert(kGroups <= 2 * kWordBits);

  bool Has(uint32_t group) const { return (has_[group / kWordBits] >> group % kWordBits & 1) != 0; }
  // How many groups in use are before it.
  size_t RankOf(uint32_t group) const {
    const uint64_t before = has_[group / kWordBits] & ((uint64_t{1} << group % kWordBits) - 1);
    return static_cast<size_t>(std::popcount(before)) +
           (group < kWordBits ? 0 : static_cast<size_t>(std::popcount(has_[0])));
  }
  Group& GroupAt(uint32_t group) {
    const size_t rank = RankOf(group);
    if (!Has(group)) {
      has_[group / kWordBits] |= uint64_t{1} << group % kWordBits;
      groups_.insert(groups_.begin() + static_cast<ptrdiff_t>(rank), Group{});
    }
    return groups_[rank];
  }
  void Count(uint32_t index, uint64_t count) {
    uint32_t& n = GroupAt(index / kParts)[index % kParts];
    const uint64_t sum = n + count;
    n = static_cast<uint32_t>(sum);
    if (sum >> 32 != 0) wraps_.insert(wraps_.end(), sum >> 32, index);
  }

  std::array<uint64_t, 2> has_ = {};
  std::vector<Group> groups_;    // in use, in order
  std::vector<uint32_t> wraps_;  // a bucket's index each time that it counted to 2^32
};

}  // namespace allocprof::model
