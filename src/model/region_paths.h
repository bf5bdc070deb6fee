// SPDX-License-Identifier: Apache-2.0
//
// The regions that a program's threads enter and leave, as paths: which regions are open, from the
// outermost to the innermost. Path 0 is outside of all. Regions of one name are one, in whichever
// process they are.
//
// Memory: kMostPaths paths, and kMostOpen open regions a thread; what goes beyond stays with the
// region around it, and is counted. Thread-safety: one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trace/names.h"
#include "trace/trace.h"

namespace allocprof::model {

inline constexpr uint32_t kNoRegion = UINT32_MAX;

struct RegionPath {
  uint32_t parent = 0;
  uint32_t region = kNoRegion;     // the innermost
  uint32_t denied_by = kNoRegion;  // the region that forbids to allocate here, if one does
};

// What was met of regions; valid on its own.
struct Regions {
  std::vector<std::string> names;  // by region
  std::vector<RegionPath> paths = {RegionPath{}};
  uint64_t too_many = 0;  // entries that have no path of their own

  bool any() const { return !names.empty(); }
  // Outermost first, each region once.
  std::vector<uint32_t> Chain(uint32_t path) const;
};

class RegionPaths {
 public:
  static constexpr size_t kMostPaths = 1 << 16;
  static constexpr size_t kMostOpen = 256;

  explicit RegionPaths(const trace::Trace& trace) : names_(trace) {}

  struct Step {
    uint32_t path = 0;       // the one entered, or left; 0: nothing has changed
    uint64_t since = 0;      // when it was entered
    bool outermost = false;  // its region is not open around it
  };
  // `thread` is an index, `number` the trace's; `flags` are wire::RegionFlag bits.
  Step Enter(uint32_t thread, uint32_t number, uint64_t id, uint8_t flags, uint64_t stamp);
  Step Leave(uint32_t thread, uint32_t number, uint64_t id);

  // Where a thread is.
  uint32_t Of(uint32_t thread) const { return thread < current_.size() ? current_[thread] : 0; }
  const Regions& regions() const { return regions_; }
  // Those that were entered and never left, by thread.
  std::vector<std::pair<uint32_t, Step>> Open() const;

 private:
  struct Entry {
    uint32_t region;
    uint8_t flags;
    uint32_t path;
    uint64_t since;
  };
  struct Thread {
    std::vector<Entry> open;
    uint64_t ignored = 0;  // entered when too many were open
  };

  uint32_t RegionOf(uint32_t number, uint64_t id);
  uint32_t Path(uint32_t parent, uint32_t region, uint8_t flags);
  static bool IsOpen(const std::vector<Entry>& open, size_t entries, uint32_t region);

  trace::Names names_;
  Regions regions_;
  std::map<std::pair<uint32_t, uint64_t>, uint32_t> region_of_id_;  // by process and id
  std::unordered_map<std::string, uint32_t> region_of_name_;
  std::map<std::tuple<uint32_t, uint32_t, uint8_t>, uint32_t> path_of_;
  std::map<uint32_t, Thread> threads_;
  std::vector<uint32_t> current_;  // path by thread
};

}  // namespace allocprof::model
