// SPDX-License-Identifier: Apache-2.0
//
// The blocks that were never freed: their sizes, and when they were born: all along the run, so
// that it would go on, or once. The run is cut into kSlices equal lengths of time from the first
// event to the end.
#pragma once

#include <array>
#include <vector>

#include "model/block_observer.h"

namespace allocprof::model {

enum class LeakKind : uint8_t {
  kNone,
  kOnce,     // in one go: a cache that was filled, a table, one block
  kGrowing,  // from early on until late, again and again
  kOther,    // several times, but not all along
};

struct SiteLeak {
  static constexpr size_t kSlices = 16;

  uint64_t blocks = 0;
  uint64_t bytes = 0;
  uint64_t size_min = 0, size_max = 0;         // of a block
  uint64_t first_born = 0, last_born = 0;      // stamps
  std::array<uint32_t, kSlices> born_in = {};  // blocks, by slice

  LeakKind Kind() const;
  void Add(const SiteLeak& other);
};

class LeakAges final : public BlockObserver<LeakAges> {
 public:
  explicit LeakAges(const ReplayContext& context);

  void OnBirth(const Block& block, const Moment& at, const Block* reallocated_from);
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

  struct Row {
    uint32_t site;
    SiteLeak leak;
  };
  // The sites that have leaked, by index.
  const std::vector<Row>& rows() const { return rows_; }
  // nullptr: it has leaked nothing.
  const SiteLeak* Of(uint32_t site) const;

 private:
  uint64_t first_ = 0;  // stamp of the first birth
  std::vector<Row> rows_;
};

}  // namespace allocprof::model
