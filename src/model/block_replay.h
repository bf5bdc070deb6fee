// SPDX-License-Identifier: Apache-2.0
//
// Matches births and deaths: from a trace's events to blocks, told to observers in batches. The
// matching is done by the caller's thread, the telling by another where that pays: an observer is
// always called by one thread at a time, and by the caller's once Finish is called.
#pragma once

#include <cstdint>
#include <vector>

#include "model/batch_queue.h"
#include "model/block_teller.h"
#include "model/live_set.h"
#include "model/process_blocks.h"
#include "trace/replay.h"

namespace allocprof::model {

class BlockReplay : public trace::EventSink {
 public:
  // Events outside the window are not told; those before it are played, those after it are not.
  BlockReplay(const trace::Trace& trace, StackTree* stacks, SiteSplit split = {},
              const Window& window = {}, bool threaded = false);

  ReplayContext context() const {
    return {trace_,
            teller_.tree(),
            teller_.sites().nodes(),
            teller_.thread_numbers(),
            teller_.regions(),
            window_};
  }
  void Observe(Observer* observer) { teller_.Observe(observer); }

  void Define(uint32_t thread, const wire::Event& e) override;
  void Deeper(uint32_t thread, const wire::Event& e) override;
  void OnEvent(uint32_t thread, const wire::Event& e) override { OnEvents(thread, &e, &e + 1); }
  void OnEvents(uint32_t thread, const wire::Event* first, const wire::Event* last) override;
  void OnProcessEnd(uint32_t process, uint64_t stamp) override;
  void Finish(Profile* profile);

  // Events whose stack's definition is lost. After Finish.
  uint64_t undefined_stacks() const { return teller_.undefined_stacks(); }

  // Whether a thread for the telling pays.
  static bool ThreadPays(const trace::Trace& trace);

 private:
  struct Thread {
    uint64_t last_address = 0;  // of its last allocation, 0 once freed
    // Death halves of reallocs whose birth half comes next. More than one: a signal handler's,
    // innermost last. Without a slot: the block was not known.
    std::vector<Block> reallocs;
    size_t reallocs_before = 0;  // of these, whose death is before the window: the first
  };

  uint32_t IndexOf(uint32_t thread_number);
  void Change(uint32_t thread, const wire::Event& e);
  BlockEvent& Add(BlockEvent::Kind kind, uint32_t thread, const wire::Event& e);
  void Birth(uint32_t thread, const wire::Event& e);
  void Death(uint32_t thread, const wire::Event& e);
  void Failed(uint32_t thread, const wire::Event& e);
  void Timed(uint32_t thread, const wire::Event& e);
  void Extended(uint32_t thread, const wire::Event& e);
  void Flush();
  void Begin();

  const trace::Trace& trace_;
  LiveSet live_;  // and what processes have left since the window began
  ProcessBlocks owners_;
  tsl::hopscotch_map<uint32_t, uint32_t> thread_index_;  // by number
  std::vector<uint32_t> thread_numbers_;
  std::vector<Thread> threads_;
  uint32_t last_thread_ = 0;  // index of the one seen last
  BlockEvent last_;           // the last one of the batch before
  Window window_;
  bool begun_ = false;  // the window
  uint64_t allocations_ = 0;
  BlockTeller teller_;
  BatchQueue queue_;  // its thread ends first
};

}  // namespace allocprof::model
