// SPDX-License-Identifier: Apache-2.0
#include "model/batch_queue.h"

#include <utility>

namespace allocprof::model {

BatchQueue::BatchQueue(Take take, bool threaded)
    : take_(std::move(take)), batches_(threaded ? kBatches : 1) {
  if (threaded) thread_ = std::thread([this] { Work(); });
}

BatchQueue::~BatchQueue() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  filled_.notify_one();
  thread_.join();
}

// REQUIRES: mutex_ is held.
void BatchQueue::Throw() {
  if (failure_ != nullptr) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void BatchQueue::Submit() {
  if (!thread_.joinable()) {
    take_(&batch());
    batch().Clear();
    return;
  }
  std::unique_lock lock(mutex_);
  waiting_++;
  if (idle_ && waiting_ >= kAtOnce) filled_.notify_one();
  filling_ = (filling_ + 1) % kBatches;
  // The one that is to be filled next is no longer waiting.
  if (waiting_ == kBatches) {
    full_ = true;
    free_.wait(lock, [&] { return waiting_ <= kBatches - kAtOnce; });
    full_ = false;
  }
  Throw();
  lock.unlock();
  batch().Clear();
}

void BatchQueue::Drain() {
  if (!thread_.joinable()) return;
  std::unique_lock lock(mutex_);
  hurry_ = true;
  filled_.notify_one();
  free_.wait(lock, [&] { return waiting_ == 0; });
  hurry_ = false;
  Throw();
}

void BatchQueue::Work() {
  size_t taking = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (waiting_ == 0 && !stop_) {
      idle_ = true;
      filled_.wait(lock, [&] { return stop_ || waiting_ >= kAtOnce || (hurry_ && waiting_ != 0); });
      idle_ = false;
    }
    if (stop_) return;
    const bool failed = failure_ != nullptr;
    lock.unlock();
    std::exception_ptr failure;
    try {
      // After a failure the rest is no longer looked at.
      if (!failed) take_(&batches_[taking]);
    } catch (...) {
      failure = std::current_exception();
    }
    taking = (taking + 1) % kBatches;
    lock.lock();
    if (failure != nullptr) failure_ = failure;
    waiting_--;
    if (waiting_ == 0 || (full_ && waiting_ == kBatches - kAtOnce)) free_.notify_one();
  }
}

}  // namespace allocprof::model
