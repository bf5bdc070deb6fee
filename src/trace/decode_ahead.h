// SPDX-License-Identifier: Apache-2.0
//
// Decodes chunks in worker threads, ahead of who reads them.
//
// Owns: its threads, and decoded chunks that wait: at most kWaiting, whatever the trace's length.
// The order in which chunks will be wanted is guessed from their own stamps, which may lie: a chunk
// that is wanted and not taken up yet is decoded by who wants it, so a wrong guess costs time only.
// Thread-safety: Take and GiveBack are called by one thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "trace/decoded_chunk.h"

namespace allocprof::trace {

class DecodeAhead {
 public:
  // `chunks` outlives it, and so do the `processes` that they are of, if there are several. No
  // workers: everything is decoded when it is taken.
  DecodeAhead(const std::vector<Chunk>& chunks, unsigned workers,
              const std::vector<Process>* processes = nullptr);
  ~DecodeAhead();
  DecodeAhead(const DecodeAhead&) = delete;
  DecodeAhead& operator=(const DecodeAhead&) = delete;

  // Each chunk is taken once.
  std::unique_ptr<DecodedChunk> Take(size_t chunk);
  // A chunk that is read: its memory is used again.
  void GiveBack(std::unique_ptr<DecodedChunk> decoded);

  // As many as pay: one less than the processors, none for a trace of a few chunks.
  static unsigned Workers(size_t chunks);

 private:
  static constexpr size_t kWaiting = 32;
  // A worker that found no room is woken when there is room for so many: not for each single one.
  static constexpr size_t kAtOnce = kWaiting / 4;
  static constexpr size_t kNoChunk = SIZE_MAX;

  enum class State : uint8_t { kIdle, kTaken, kReady };

  void Work();
  std::unique_ptr<DecodedChunk> Spare();

  void Decode(size_t chunk, DecodedChunk* decoded) const;

  const std::vector<Chunk>& chunks_;
  const std::vector<Process>* processes_;
  std::vector<size_t> order_;  // by first stamp

  std::mutex mutex_;
  // Below: guarded by mutex_.
  std::condition_variable room_, ready_;
  std::vector<State> states_;
  std::vector<std::unique_ptr<DecodedChunk>> decoded_;  // by chunk, those that wait
  std::vector<std::unique_ptr<DecodedChunk>> spare_;
  size_t next_ = 0;           // of order_
  size_t waiting_ = 0;        // being decoded or decoded, not taken
  size_t wanted_ = kNoChunk;  // that somebody waits for
  bool stop_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace allocprof::trace
