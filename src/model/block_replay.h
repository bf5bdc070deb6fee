// SPDX-License-Identifier: Apache-2.0
//
// Matches births and deaths: from a trace's events to blocks, told to observers in batches.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/live_set.h"
#include "model/process_blocks.h"
#include "model/site_table.h"
#include "model/thread_stacks.h"
#include "trace/replay.h"

namespace allocprof::model {

class BlockReplay : public trace::EventSink {
 public:
  // Events outside the window are not told; those before it are played, those after it are not.
  BlockReplay(const trace::Trace& trace, StackTree* stacks, SiteSplit split = {},
              const Window& window = {});

  ReplayContext context() const {
    return {trace_, tree_, sites_.nodes(), thread_numbers_, window_, {}};
  }
  void Observe(Observer* observer) { observers_.push_back(observer); }

  void Define(uint32_t thread, const wire::Event& e) override;
  void Deeper(uint32_t thread, const wire::Event& e) override;
  void OnEvent(uint32_t thread, const wire::Event& e) override { OnEvents(thread, &e, &e + 1); }
  void OnEvents(uint32_t thread, const wire::Event* first, const wire::Event* last) override;
  void OnProcessEnd(uint32_t process, uint64_t stamp) override;
  void Finish(Profile* profile);

  // Events whose stack's definition is lost.
  uint64_t undefined_stacks() const { return undefined_stacks_; }

 private:
  static constexpr size_t kBatch = 512;

  struct Thread {
    uint64_t last_address = 0;  // of its last allocation, 0 once freed
    // Death halves of reallocs whose birth half comes next. More than one: a signal handler's,
    // innermost last. Without a slot: the block was not known.
    std::vector<Block> reallocs;
    size_t reallocs_before = 0;  // of these, whose death is before the window: the first
  };

  uint32_t IndexOf(uint32_t thread_number);
  uint32_t SiteOf(const StackRef& stack, uint64_t size, bool defined);
  Moment MomentOf(uint32_t thread, const wire::Event& e, bool* defined) const;
  BlockEvent& Add(BlockEvent::Kind kind, wire::Entry entry, const Moment& moment);
  void Birth(uint32_t thread, const wire::Event& e);
  void Death(uint32_t thread, const wire::Event& e);
  void Failed(uint32_t thread, const wire::Event& e);
  void Timed(uint32_t thread, const wire::Event& e);
  void Flush();
  void Begin();

  const trace::Trace& trace_;
  StackTree& tree_;
  ThreadStacks stacks_;
  LiveSet live_;  // and what processes have left since the window began
  ProcessBlocks owners_;
  std::vector<Observer*> observers_;
  std::vector<BlockEvent> batch_;   // kBatch of them, used again and again
  size_t filled_ = 0;               // of batch_
  size_t last_ = 0;                 // the event added last, though it may have been told
  std::vector<Block> reallocated_;  // what the batch's births point to; never grows past kBatch
  tsl::hopscotch_map<uint32_t, uint32_t> thread_index_;  // by number
  std::vector<uint32_t> thread_numbers_;
  std::vector<Thread> threads_;
  uint32_t last_thread_ = 0;  // index of the one seen last
  SiteTable sites_;
  Window window_;
  bool begun_ = false;  // the window
  uint64_t allocations_ = 0;
  uint64_t undefined_stacks_ = 0;
};

}  // namespace allocprof::model
