// SPDX-License-Identifier: Apache-2.0
//
// What is told to an analysis of events: the replay matches births and deaths once, and every
// observer hears of blocks instead of addresses.
//
// To write one: derive `class Mine final : public BlockObserver<Mine>`, take a `const
// ReplayContext&` in the constructor, declare those of OnBirth, OnDeath, OnOldDeath,
// OnUnknownFree, OnFailed and OnCost that matter, with the parameters below (they are no virtual
// functions: what is not declared costs nothing), and WillSee if an event needs memory that is
// looked into at random: it is called some events ahead, to have it on its way. Override OnDefine
// and Finish if need be, and add a row to observers.cc. The observer is its own result:
// Profile::Find<Mine>().
//
// With a window of time, births and deaths in it are told, and first what is live at its beginning.
// What happens to blocks that were born before it is told apart, so that an observer which does not
// care counts blocks of the window only.
//
// Order: the process's events in time order, on one thread; a stack's definition before its first
// use. Events come in batches, one observer after the other: an observer must not look at another.
// Memory: bounded by sites, live blocks and stacks, never by events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "wire/format.h"

namespace allocprof::trace {
struct Trace;
}
namespace allocprof::symbols {
class Reachability;
}

namespace allocprof::model {

class StackTree;
class RegionPaths;
struct Profile;

inline constexpr uint32_t kNoSlot = UINT32_MAX;

// A block from its birth to its death.
struct Block {
  uint64_t address = 0;
  uint64_t size = 0;    // bytes requested
  uint64_t born = 0;    // stamp
  uint64_t number = 0;  // it was the process's n-th allocation, from 1
  uint32_t site = 0;    // index into Profile::sites
  uint32_t thread = 0;  // that allocated it: index into Profile::threads
  uint32_t stack = 0;   // the stack that allocated it, in the thread's own numbering
  // Small, its own while it lives, given again after its death: an index for what an observer
  // remembers of each live block. The block that a realloc returns has the slot of the old one.
  uint32_t slot = kNoSlot;
  wire::Entry entry = wire::Entry::kMalloc;
  bool old = false;     // born before the window of time that is looked at
  uint32_t region = 0;  // where its thread was: a path of Profile::regions
};

// A window of time, in stamps; events at `from` and at `to` are in it.
struct Window {
  uint64_t from = 0;
  uint64_t to = UINT64_MAX;
};

// A stack as its thread knows it. `depth` is this stack's own; the depth of the tree's node is the
// largest of all that are the same path.
struct StackRef {
  uint32_t thread = 0;      // index into Profile::threads
  uint32_t id = 0;          // in the thread's own numbering
  uint32_t node = 0;        // of StackTree; 0: no frames, or their definition is lost
  uint32_t definition = 0;  // it was the n-th of all threads, from 1; 0: it is lost
  uint64_t depth = 0;       // bytes from the stack's base to the innermost frame's sp
};

struct StackDefinition {
  StackRef stack;
  uint32_t parent = 0;  // id of the caller's stack, 0: this frame is the outermost
  uint32_t parent_definition = 0;
  uint64_t pc = 0;
  uint64_t frame_bytes = 0;
  uint8_t flags = 0;    // wire::NodeFlag
  bool defined = true;  // false: an ancestor's definition is lost, `stack.node` is 0
};

// When and where something happened.
struct Moment {
  uint64_t stamp = 0;
  uint64_t allocations = 0;  // of the process so far, the one at hand included
  StackRef stack;
};

enum class DeathCause : uint8_t {
  kFree,
  kRealloc,  // the birth that follows from it comes later, if it is not lost
  kLost,     // its free is not in the trace; noticed when the address was given again
};

struct Death {
  DeathCause cause = DeathCause::kFree;
  bool temporary = false;  // freed by its own thread before that thread's next allocation
};

// What the allocator itself took and gave: known of a sample of the calls.
struct Cost {
  uint64_t stamps = 0;  // time in the real call, in stamp units
  uint64_t usable = 0;  // bytes that the block really has; 0: not known, or a free
};

// One event of a batch. `block` is the new one or the dying one; of a free of an unknown block only
// the address is known, of a failed call size, site and entry. A cost has the block of the call
// that was timed, its birth or its death told just before, and the entry of that call.
//
// A thread that enters or leaves `region` has no block, but its `born` says since when it was in it
// (0: it still is, further out). Region 0: nothing has changed. A pool's `block` is the pool's, and
// `cost.stamps` the name's id * 4 + wire::PoolOp.
struct BlockEvent {
  enum class Kind : uint8_t { kBirth, kDeath, kUnknownFree, kFailed, kCost, kEnter, kLeave, kPool };
  Kind kind = Kind::kBirth;
  wire::Entry entry = wire::Entry::kMalloc;  // of the call
  Death death;
  uint32_t region = 0;  // where the thread is, a path of Profile::regions
  Moment moment;
  Block block;
  Block* reallocated_from = nullptr;  // a birth by realloc: the block before it, if known
  Cost cost;                          // kCost
};

// What an observer is made from; valid until Finish has returned.
struct ReplayContext {
  const trace::Trace& trace;
  const StackTree& stacks;                      // grows during the replay
  const std::vector<uint32_t>& node_of_site;    // grows during the replay
  const std::vector<uint32_t>& thread_numbers;  // the trace's, by index; grows during the replay
  const RegionPaths& regions;                   // grows during the replay
  Window window;                                // `to` is at most the end of the trace
  std::optional<uint64_t> at;                   // BuildOptions::at
  bool frees = false;                           // BuildOptions::frees
  symbols::Reachability* code = nullptr;  // the control flow of the program, if its files are asked
};

// The end of the replay.
struct ReplayEnd {
  uint64_t stamp = 0;        // the end of the trace or of the window
  uint64_t allocations = 0;  // of the process
  // By thread index: reallocs whose death half is there and whose birth half is not. They were told
  // as deaths by realloc and count as frees.
  const std::vector<uint64_t>& abandoned_reallocs;
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnDefine(const StackDefinition&) {}
  virtual void OnEvents(const BlockEvent* first, const BlockEvent* last) = 0;
  // Before the first event: the blocks that are live when the window begins, in no order.
  virtual void Start(const std::vector<Block>& /*live*/) {}
  // Of several processes one has ended in the window, and these are the blocks that it had: they
  // are live no more, though never freed.
  virtual void OnProcessEnd(uint32_t /*process*/, uint64_t /*stamp*/,
                            const std::vector<Block>& /*left*/) {}
  // `live`: the blocks that are live at the end, old ones and those that processes left included,
  // in no order. Results that are members of Profile go there.
  virtual void Finish(const ReplayEnd&, const std::vector<Block>& live, Profile*) { (void)live; }
};

template <typename Derived>
class BlockObserver : public Observer {
 public:
  void OnBirth(const Block&, const Moment&, const Block* /*reallocated_from*/) {}
  void OnDeath(const Block&, const Moment&, const Death&) {}
  void OnOldDeath(const Block&, const Moment&, const Death&) {}
  void OnUnknownFree(uint64_t /*address*/, const Moment&) {}
  void OnFailed(const Block& /*asked_for*/, const Moment&) {}
  void OnCost(const Block&, const Moment&, wire::Entry, const Cost&) {}

  void OnEvents(const BlockEvent* first, const BlockEvent* last) final {
    constexpr ptrdiff_t kAhead = 8;
    auto& self = static_cast<Derived&>(*this);
    for (const BlockEvent* e = first; e != last; e++) {
      if constexpr (requires { self.WillSee(*e); }) {
        if (last - e > kAhead) self.WillSee(e[kAhead]);
      }
      switch (e->kind) {
        case BlockEvent::Kind::kBirth:
          self.OnBirth(e->block, e->moment, e->reallocated_from);
          break;
        case BlockEvent::Kind::kDeath:
          if (e->block.old) {
            self.OnOldDeath(e->block, e->moment, e->death);
          } else {
            self.OnDeath(e->block, e->moment, e->death);
          }
          break;
        case BlockEvent::Kind::kUnknownFree:
          self.OnUnknownFree(e->block.address, e->moment);
          break;
        case BlockEvent::Kind::kFailed:
          self.OnFailed(e->block, e->moment);
          break;
        case BlockEvent::Kind::kCost:
          self.OnCost(e->block, e->moment, e->entry, e->cost);
          break;
        case BlockEvent::Kind::kEnter:  // for those who look at whole events
        case BlockEvent::Kind::kLeave:
        case BlockEvent::Kind::kPool:
          break;
      }
    }
  }
};

}  // namespace allocprof::model
