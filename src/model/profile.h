// SPDX-License-Identifier: Apache-2.0
//
// The profile: what a replay of the trace adds up to. Analyses read it; nothing changes it.
//
// Units: bytes requested, stamps for times (Trace::Seconds). Conservation, held by a test after
// every replay: live blocks at the start + allocations - known frees - reallocations = live blocks
// at the end + those that processes left when they ended before, and every sum over sites or
// threads equals its total.
//
// With a window of time everything is of that window: events in it are counted, the peak is the
// largest that was live in it, whenever those blocks were born, and leaked is what was born in it
// and is live at its end, or when its process ended. Without one the window is the whole run, and
// nothing is live at its start.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "model/block_observer.h"
#include "model/region_paths.h"
#include "model/stack_tree.h"
#include "trace/replay.h"
#include "trace/trace.h"

namespace allocprof::model {

inline constexpr uint32_t kAnyThread = UINT32_MAX;

// One call stack at which blocks were allocated, freed, or asked for in vain.
struct Site {
  uint32_t node = 0;             // innermost frame
  uint32_t thread = kAnyThread;  // index into Profile::threads, where sites are split by thread
  uint32_t size_class = 0;       // as SizeClass has it, where they are split by size
  uint32_t region = 0;           // a path of Profile::regions, where they are split by region
  uint64_t allocations = 0;
  uint64_t allocated_bytes = 0;
  uint64_t reallocations = 0;
  uint64_t reallocations_in_place = 0;
  uint64_t freed = 0;               // blocks of this site, by free
  uint64_t temporary = 0;           // of these
  uint64_t cross_thread_frees = 0;  // of these: by another thread
  uint64_t failed = 0;
  uint64_t peak_bytes = 0;  // share at the global peak
  uint64_t peak_blocks = 0;
  uint64_t own_peak_bytes = 0;  // largest live bytes, at whatever time
  uint64_t leaked_bytes = 0;    // born in the window and never freed in it
  uint64_t leaked_blocks = 0;
  uint64_t start_bytes = 0;  // live when the window begins
  uint64_t start_blocks = 0;
  uint64_t end_bytes = 0;  // live when it ends: leaked ones, and older ones
  uint64_t end_blocks = 0;
  uint64_t left_bytes = 0;  // what those of several processes left that ended before
  uint64_t left_blocks = 0;
  uint64_t size_max = 0;
};

struct ThreadTotals {
  uint32_t id = 0;
  uint64_t allocations = 0;
  uint64_t allocated_bytes = 0;
  uint64_t frees = 0;
};

struct Totals {
  uint64_t allocations = 0;
  uint64_t frees = 0;  // by free, unknown ones included
  uint64_t reallocations = 0;
  uint64_t reallocations_in_place = 0;
  uint64_t allocated_bytes = 0;
  uint64_t peak_bytes = 0;
  uint64_t peak_blocks = 0;
  uint64_t peak_stamp = 0;
  uint64_t leaked_bytes = 0;
  uint64_t leaked_blocks = 0;
  uint64_t start_bytes = 0;
  uint64_t start_blocks = 0;
  uint64_t end_bytes = 0;
  uint64_t end_blocks = 0;
  uint64_t left_bytes = 0;
  uint64_t left_blocks = 0;
  uint64_t temporary = 0;
  uint64_t failed = 0;
  uint64_t unknown_frees = 0;  // of blocks whose birth is not in the trace
  uint64_t lost_frees = 0;     // births at an address that was still live: its death is missing
};

struct TimelinePoint {
  uint64_t stamp = 0;       // end of the interval
  uint64_t live_bytes = 0;  // the largest in the interval
  uint64_t rss_bytes = 0;   // latest sample in or before it, 0 = none yet
  uint64_t end_bytes = 0;   // live when it ends
  // What happened in it.
  uint64_t allocations = 0;
  uint64_t allocated_bytes = 0;
  uint64_t deaths = 0;  // blocks freed, or given to a realloc
};

// Whether a stack is one site, or one for each thread, class of sizes, or path of regions.
struct SiteSplit {
  bool thread = false;
  bool size = false;
  bool region = false;

  bool any() const { return thread || size || region; }
};

struct Profile {
  std::shared_ptr<const trace::Trace> trace;
  StackTree stacks;
  std::vector<Site> sites;
  std::vector<ThreadTotals> threads;
  std::vector<TimelinePoint> timeline;
  Totals totals;
  Window window;  // `to` is at most the end of the trace
  SiteSplit split;
  Regions regions;
  trace::ReplayResult replay;
  uint64_t undefined_stacks = 0;  // events whose stack's definition is lost
  std::vector<std::shared_ptr<const Observer>> observers;  // those of observers.cc

  // The result of an analysis of events, or nullptr if it did not run.
  template <typename Kind>
  const Kind* Find() const {
    for (const auto& observer : observers) {
      if (const auto* found = dynamic_cast<const Kind*>(observer.get())) return found;
    }
    return nullptr;
  }
};

inline constexpr size_t kTimelinePoints = 400;

struct BuildOptions {
  Window window;
  std::optional<uint64_t> at;  // the stamp at which to look at who holds what, see LiveAt
  // Tells activations of functions apart; without it containment is found by the order of
  // addresses alone.
  symbols::Reachability* code = nullptr;
  SiteSplit split;
  bool frees = false;                    // count them by the stack that frees, see FreesByStack
  std::function<void(double)> progress;  // called now and then with the share that is read
};

Profile BuildProfile(std::shared_ptr<const trace::Trace> trace, const BuildOptions& options = {});

// The totals alone.
Totals ReplayTotals(const trace::Trace& trace);

}  // namespace allocprof::model
