// SPDX-License-Identifier: Apache-2.0
//
// All call stacks of a profile as one tree of (parent, location) nodes, interned: threads define
// the same path many times, here it is one node. A location is a code address within a module, so
// that it means the same whatever the module's address was.
// Memory: 56 to 80 bytes a node, 70 a location.
#pragma once

#include <tsl/hopscotch_map.h>

#include <cstdint>
#include <vector>

#include "trace/trace.h"
#include "wire/format.h"

namespace allocprof::model {

inline constexpr uint32_t kNoModule = UINT32_MAX;

struct Location {
  uint32_t module;   // index into Trace::modules, or kNoModule
  bool exact;        // the interrupted instruction itself, not a return address
  uint64_t address;  // ELF virtual address in the module, or the pc; kCutPc for frames left out
};

struct Node {
  uint32_t parent = 0;  // 0 = outermost (node 0 is the root, no frame)
  uint32_t location = 0;
  uint32_t frame_bytes = 0;  // the largest seen
  uint8_t flags = 0;         // wire::NodeFlag, all that were seen
  uint64_t depth_max = 0;    // bytes from the stack's base to this frame's sp
};

// The two halves of a key count up; the map takes the low bits of the hash.
struct MixedHash {
  size_t operator()(uint64_t key) const {
    key = (key ^ key >> 32) * 0x9fb21c651e98df25u;
    return key ^ key >> 28;
  }
};

class StackTree {
 public:
  StackTree() : nodes_(1), children_(kSmallest, Child{}) {}

  uint32_t AddLocation(uint32_t module, uint64_t address, bool exact);
  uint32_t AddNode(uint32_t parent, uint32_t location, uint32_t frame_bytes, uint8_t flags,
                   uint64_t depth);
  void Deeper(uint32_t node, uint64_t depth);

  // A child's index is always greater than its parent's.
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<Location>& locations() const { return locations_; }

 private:
  static constexpr size_t kSmallest = 1024;

  // Who is whose child: open addressing, at most half full. Node 0 is nobody's: an empty cell.
  struct Child {
    uint32_t parent = 0, location = 0, node = 0;
  };
  struct SameLocation {
    bool operator()(const Location& a, const Location& b) const {
      return a.address == b.address && a.module == b.module && a.exact == b.exact;
    }
  };
  struct LocationHash {
    size_t operator()(const Location& l) const {
      return MixedHash()(l.address * 2 + l.exact + (uint64_t{l.module} << 48));
    }
  };

  Child& ChildCell(uint32_t parent, uint32_t location);
  void GrowChildren();

  std::vector<Node> nodes_;
  std::vector<Location> locations_;
  std::vector<Child> children_;
  tsl::hopscotch_map<Location, uint32_t, LocationHash, SameLocation> location_index_;
};

// Which module a pc belonged to at a moment.
class ModuleMap {
 public:
  explicit ModuleMap(const std::vector<trace::Module>& modules);
  uint32_t Find(uint64_t pc, uint64_t stamp) const;
  // A library that is closed and opened again is one module: the first record with its path and
  // build-id.
  uint32_t FirstLoadOf(uint32_t module) const { return first_load_[module]; }

 private:
  const std::vector<trace::Module>& modules_;
  std::vector<uint32_t> by_low_;
  std::vector<uint32_t> first_load_;
  std::vector<uint64_t> highest_;  // the largest `high` of by_low_ so far: where to stop looking
};

}  // namespace allocprof::model
