// SPDX-License-Identifier: Apache-2.0
//
// Counts of values in buckets 6 % wide (16 to each power of two), for quantiles of times and sizes
// without keeping the values. Memory: at most 8 KiB. Thread-safety: none.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace allocprof::model {

class CostHistogram {
 public:
  void Add(uint64_t value) {
    const size_t bucket = BucketOf(value);
    if (bucket >= counts_.size()) counts_.resize(bucket + 1);
    counts_[bucket]++;
    count_++;
  }

  void Merge(const CostHistogram& other) {
    if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
    for (size_t i = 0; i < other.counts_.size(); i++) counts_[i] += other.counts_[i];
    count_ += other.count_;
  }

  uint64_t count() const { return count_; }

  // The middle of the bucket that holds the value of which `part` are no greater; 0 when empty.
  double Quantile(double part) const {
    const double wanted = part * static_cast<double>(count_);
    uint64_t seen = 0;
    for (size_t i = 0; i < counts_.size(); i++) {
      seen += counts_[i];
      if (seen != 0 && static_cast<double>(seen) >= wanted) return Middle(i);
    }
    return 0;
  }

  // The mean of the values, those above `most` taken for `most`.
  double MeanUpTo(double most) const {
    double sum = 0;
    for (size_t i = 0; i < counts_.size(); i++) {
      sum += static_cast<double>(counts_[i]) * (Middle(i) < most ? Middle(i) : most);
    }
    return count_ == 0 ? 0 : sum / static_cast<double>(count_);
  }

 private:
  static constexpr unsigned kBits = 4;

  static size_t BucketOf(uint64_t value) {
    if (value < (1u << kBits)) return static_cast<size_t>(value);
    const auto exponent = static_cast<unsigned>(std::bit_width(value)) - 1;
    const auto part = static_cast<size_t>(value >> (exponent - kBits)) & ((1u << kBits) - 1);
    return ((size_t{exponent} - kBits + 1) << kBits) + part;
  }
  static double Middle(size_t bucket) {
    if (bucket < (1u << kBits)) return static_cast<double>(bucket);
    const auto shift = static_cast<unsigned>(bucket >> kBits) - 1;
    const uint64_t low = (uint64_t{1} << kBits | (bucket & ((1u << kBits) - 1))) << shift;
    return static_cast<double>(low) + static_cast<double>((uint64_t{1} << shift) - 1) / 2;
  }

  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
};

}  // namespace allocprof::model
