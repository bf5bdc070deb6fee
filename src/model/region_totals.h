// SPDX-License-Identifier: Apache-2.0
//
// What happened in each region, and what happened where a region forbids it.
//
// A block belongs to the innermost region that its thread was in when it was born, and counts in
// the total of each one around that; an event belongs to the region its own thread was in.
// Cost: nothing to speak of before the first region is entered, then the open regions an event.
// Memory: a path of regions 56 bytes, a stack that breaks a rule 32.
#pragma once

#include <array>
#include <bitset>
#include <unordered_map>
#include <vector>

#include "model/block_observer.h"
#include "model/region_paths.h"

namespace allocprof::model {

struct RegionFigures {
  uint64_t allocations = 0;  // reallocations included
  uint64_t allocated_bytes = 0;
  uint64_t reallocations = 0;
  uint64_t frees = 0;  // made in it, whatever they free
  // Of the blocks born in it.
  uint64_t temporary = 0;
  uint64_t leaked_bytes = 0;
  uint64_t leaked_blocks = 0;

  void Add(const RegionFigures& other);
};

// The window in so many equal parts, as the timeline has them at most.
inline constexpr size_t kRegionParts = 400;

struct RegionTotal {
  uint64_t entered = 0;  // in the window
  uint64_t stamps = 0;   // spent in it, over all threads
  RegionFigures self;    // where it is the innermost
  RegionFigures total;
  uint64_t own_peak_bytes = 0;      // of the blocks born in it or in a region inside
  std::bitset<kRegionParts> parts;  // of the window in which a thread was in it
};

// Calls in a region that forbids them, by the region and the stack.
struct Violation {
  uint32_t region = 0;
  uint32_t node = 0;
  uint64_t allocations = 0;
  uint64_t frees = 0;
};

class RegionTotals final : public Observer {
 public:
  explicit RegionTotals(const ReplayContext& context)
      : paths_(context.regions), window_(context.window) {}

  void OnEvents(const BlockEvent* first, const BlockEvent* last) override;
  void Start(const std::vector<Block>& live) override;
  void OnProcessEnd(uint32_t process, uint64_t stamp, const std::vector<Block>& left) override;
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

  // By region, as Profile::regions numbers them.
  const std::vector<RegionTotal>& regions() const { return totals_; }
  const std::vector<Violation>& violations() const { return violations_; }

 private:
  struct Live {
    int64_t bytes = 0;
    int64_t peak = 0;
    uint64_t visit = 0;  // the last change that this region has heard of
  };

  RegionFigures& Of(uint32_t path);
  RegionTotal& Total(uint32_t path);
  void Take(const BlockEvent& e);
  void Change(uint32_t path, int64_t bytes);
  void Forbidden(const BlockEvent& e, bool frees);
  void Spent(uint32_t path, uint64_t since, uint64_t until);

  const RegionPaths& paths_;
  Window window_;
  std::vector<RegionFigures> figures_;  // by path
  std::vector<Live> live_;              // by region
  uint64_t visits_ = 0;
  std::vector<uint64_t> last_stamp_;  // by thread
  std::vector<RegionTotal> totals_;
  std::unordered_map<uint64_t, size_t> violation_of_;  // by region and node
  std::vector<Violation> violations_;
};

}  // namespace allocprof::model
