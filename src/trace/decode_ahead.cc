// SPDX-License-Identifier: Apache-2.0
#include "trace/decode_ahead.h"

#include <algorithm>
#include <numeric>

namespace allocprof::trace {

unsigned DecodeAhead::Workers(size_t chunks) {
  constexpr size_t kWorthIt = 16;
  constexpr unsigned kMost = 4;  // the merge cannot take more than these give
  if (chunks < kWorthIt) return 0;
  return std::min(kMost, std::max(2u, std::thread::hardware_concurrency()) - 1);
}

DecodeAhead::DecodeAhead(const std::vector<Chunk>& chunks, unsigned workers,
                         const std::vector<Process>* processes)
    : chunks_(chunks),
      processes_(processes != nullptr && processes->size() > 1 ? processes : nullptr),
      order_(chunks.size()),
      states_(chunks.size(), State::kIdle) {
  decoded_.resize(chunks.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
    return chunks_[a].first_stamp < chunks_[b].first_stamp;
  });
  for (unsigned i = 0; i < workers; i++) threads_.emplace_back([this] { Work(); });
}

void DecodeAhead::Decode(size_t chunk, DecodedChunk* decoded) const {
  const Chunk& c = chunks_[chunk];
  decoded->Decode(c, processes_ != nullptr ? &(*processes_)[c.process] : nullptr);
}

DecodeAhead::~DecodeAhead() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  room_.notify_all();
  for (std::thread& t : threads_) t.join();
}

// REQUIRES: mutex_ is held.
std::unique_ptr<DecodedChunk> DecodeAhead::Spare() {
  if (spare_.empty()) return std::make_unique<DecodedChunk>();
  std::unique_ptr<DecodedChunk> spare = std::move(spare_.back());
  spare_.pop_back();
  return spare;
}

void DecodeAhead::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (waiting_ >= kWaiting) {
      room_.wait(lock, [&] { return stop_ || waiting_ <= kWaiting - kAtOnce; });
    }
    while (next_ < order_.size() && states_[order_[next_]] != State::kIdle) next_++;
    if (stop_ || next_ == order_.size()) return;
    const size_t chunk = order_[next_++];
    states_[chunk] = State::kTaken;
    waiting_++;
    std::unique_ptr<DecodedChunk> decoded = Spare();
    lock.unlock();
    Decode(chunk, decoded.get());
    lock.lock();
    decoded_[chunk] = std::move(decoded);
    states_[chunk] = State::kReady;
    if (wanted_ == chunk) ready_.notify_one();
  }
}

std::unique_ptr<DecodedChunk> DecodeAhead::Take(size_t chunk) {
  std::unique_lock lock(mutex_);
  if (states_[chunk] == State::kIdle) {
    states_[chunk] = State::kTaken;
    std::unique_ptr<DecodedChunk> decoded = Spare();
    lock.unlock();
    Decode(chunk, decoded.get());
    return decoded;
  }
  wanted_ = chunk;
  ready_.wait(lock, [&] { return states_[chunk] == State::kReady; });
  wanted_ = kNoChunk;
  // Who waits for room began to above this, so each one is told.
  if (--waiting_ == kWaiting - kAtOnce) room_.notify_all();
  return std::move(decoded_[chunk]);
}

void DecodeAhead::GiveBack(std::unique_ptr<DecodedChunk> decoded) {
  const std::lock_guard lock(mutex_);
  spare_.push_back(std::move(decoded));
}

}  // namespace allocprof::trace
