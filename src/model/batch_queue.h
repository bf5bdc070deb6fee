// SPDX-License-Identifier: Apache-2.0
//
// Hands batches over to a thread of its own, in order; without one, to the caller's.
//
// Owns: the thread and kBatches batches; one batch without a thread. What the taker throws is
// thrown again by the next call of Submit or Drain. Thread-safety: used by one thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "model/block_batch.h"

namespace allocprof::model {

class BatchQueue {
 public:
  using Take = std::function<void(BlockBatch*)>;

  BatchQueue(Take take, bool threaded);
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  // The batch to fill.
  BlockBatch& batch() { return batches_[filling_]; }
  // It is full: another one is there to fill, empty.
  void Submit();
  // Waits until all that was submitted is taken.
  void Drain();

 private:
  static constexpr size_t kBatches = 16;
  // Who waits is woken when so many are there, or free: not for each single one.
  static constexpr size_t kAtOnce = kBatches / 4;

  void Work();
  void Throw();

  Take take_;
  std::vector<BlockBatch> batches_;
  size_t filling_ = 0;  // of batches_

  std::mutex mutex_;
  // Below: guarded by mutex_.
  std::condition_variable filled_, free_;
  size_t waiting_ = 0;                // submitted and not taken: those before filling_
  bool hurry_ = false;                // somebody waits for the last of them
  bool idle_ = false, full_ = false;  // the taker waits, the submitter does
  bool stop_ = false;
  std::exception_ptr failure_;

  std::thread thread_;
};

}  // namespace allocprof::model
