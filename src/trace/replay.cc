// SPDX-License-Identifier: Apache-2.0
#include "trace/replay.h"

#include <algorithm>
#include <memory>

#include "trace/decode_ahead.h"
#include "trace/process_ends.h"

namespace allocprof::trace {
namespace {

using wire::Event;
using wire::Record;

// Mapped pages of chunks that were read are given back in pieces of this size.
constexpr size_t kForgetBytes = size_t{16} << 20;

// After the frees of the same stamp.
bool IsLate(const Event& e) { return e.kind == Record::kAlloc || e.kind == Record::kExtended; }

// Where an event stands among those of other threads.
struct Turn {
  uint64_t stamp;
  bool late;
  uint32_t thread;

  static Turn Of(const Event& e, uint32_t thread) { return {e.stamp, IsLate(e), thread}; }
  bool operator>(const Turn& o) const {
    if (stamp != o.stamp) return stamp > o.stamp;
    if (late != o.late) return late;
    return thread > o.thread;
  }
};

// What stands between the chunks and the merge: opens them one after the other.
class Source {
 public:
  Source(const Trace& trace, EventSink* sink, const ReplayOptions& options, ReplayResult* result)
      : trace_(trace),
        ahead_(trace.chunks, options.workers, &trace.processes),
        sink_(*sink),
        options_(options),
        result_(*result) {}

  std::unique_ptr<DecodedChunk> Open(size_t chunk) {
    std::unique_ptr<DecodedChunk> decoded = ahead_.Take(chunk);
    const uint32_t thread = trace_.chunks[chunk].thread;
    for (const Event& e : decoded->stacks) {
      if (e.kind == Record::kDefine) {
        sink_.Define(thread, e);
      } else {
        sink_.Deeper(thread, e);
      }
    }
    result_.skipped_kinds += decoded->skipped_kinds;
    result_.damage.insert(result_.damage.end(), decoded->damage.begin(), decoded->damage.end());
    Totals& t = result_.totals;
    t.events += decoded->totals.events;
    t.allocations += decoded->totals.allocations;
    t.frees += decoded->totals.frees;
    t.reallocations += decoded->totals.reallocations;
    t.allocated_bytes += decoded->totals.allocated_bytes;
    t.failed += decoded->totals.failed;
    t.definitions += decoded->totals.definitions;
    if (decoded->readable) t.chunks++;
    forget_ += trace_.chunks[chunk].base64.size();
    if (forget_ >= kForgetBytes) {
      trace_.file.ForgetPages();
      for (const std::shared_ptr<Trace>& part : trace_.parts) part->file.ForgetPages();
      forget_ = 0;
    }
    opened_++;
    if (options_.progress) {
      options_.progress(static_cast<double>(opened_) / static_cast<double>(trace_.chunks.size()));
    }
    return decoded;
  }
  void Close(std::unique_ptr<DecodedChunk> decoded) { ahead_.GiveBack(std::move(decoded)); }

 private:
  const Trace& trace_;
  DecodeAhead ahead_;
  EventSink& sink_;
  const ReplayOptions& options_;
  ReplayResult& result_;
  size_t forget_ = 0;
  size_t opened_ = 0;
};

// The events of one thread, chunk after chunk.
class ThreadEvents {
 public:
  ThreadEvents(size_t first, size_t last, const Trace& trace)
      : next_(first),
        last_(last),
        thread_(trace.chunks[first].thread),
        process_(trace.chunks[first].process),
        end_stamp_(trace.processes[process_].end_stamp) {}

  uint32_t thread() const { return thread_; }
  uint32_t process() const { return process_; }
  const Turn& turn() const { return turn_; }
  uint64_t end_stamp() const { return end_stamp_; }  // of its process

  // The rest of the open chunk; opens the next if there is none. Empty at the end of the thread.
  // Definitions of a chunk are handed out when it is opened.
  bool Fill(Source* source) {
    while (at_ == end_) {
      if (chunk_ != nullptr) source->Close(std::move(chunk_));
      if (next_ == last_) return false;
      chunk_ = source->Open(next_++);
      at_ = chunk_->events.data();
      end_ = at_ + chunk_->events.size();
    }
    turn_ = Turn::Of(*at_, thread_);
    return true;
  }

  // The events before `limit`, at least one; nullptr: all of the chunk.
  const Event* Until(const Turn* limit) const {
    if (limit == nullptr) return end_;
    const Event* e = at_ + 1;
    while (e != end_ && (e->stamp < limit->stamp || !(Turn::Of(*e, thread_) > *limit))) e++;
    return e;
  }

  const Event* at() const { return at_; }
  void Skip(const Event* to) { at_ = to; }

 private:
  size_t next_, last_;
  uint32_t thread_;
  uint32_t process_;
  uint64_t end_stamp_;
  std::unique_ptr<DecodedChunk> chunk_;
  const Event* at_ = nullptr;
  const Event* end_ = nullptr;
  Turn turn_{};
};

// The threads by turn: a binary heap whose first is replaced in place, since most often it stays
// near the top.
class Turns {
 public:
  explicit Turns(size_t threads) { heap_.reserve(threads); }

  bool empty() const { return heap_.empty(); }
  ThreadEvents* first() const { return heap_[0]; }
  // Whose turn comes after the first's.
  const Turn* second() const {
    if (heap_.size() < 2) return nullptr;
    if (heap_.size() == 2 || !(heap_[1]->turn() > heap_[2]->turn())) return &heap_[1]->turn();
    return &heap_[2]->turn();
  }
  void Add(ThreadEvents* thread) {
    heap_.push_back(thread);
    std::push_heap(heap_.begin(), heap_.end(), Later);
  }
  void DropFirst() {
    heap_[0] = heap_.back();
    heap_.pop_back();
    SinkFirst();
  }
  // The first's turn has changed.
  void SinkFirst() {
    for (size_t i = 0;;) {
      size_t child = 2 * i + 1;
      if (child >= heap_.size()) return;
      if (child + 1 < heap_.size() && Later(heap_[child], heap_[child + 1])) child++;
      if (!Later(heap_[i], heap_[child])) return;
      std::swap(heap_[i], heap_[child]);
      i = child;
    }
  }

 private:
  static bool Later(const ThreadEvents* a, const ThreadEvents* b) { return a->turn() > b->turn(); }

  std::vector<ThreadEvents*> heap_;
};

}  // namespace

void EventSink::OnEvents(uint32_t thread, const Event* first, const Event* last) {
  for (const Event* e = first; e != last; e++) {
    if (e->kind != Record::kExtended) {
      OnEvent(thread, *e);
      continue;
    }
    switch (static_cast<wire::Extended>(e->flags)) {
      case wire::Extended::kCost:
        OnCost(thread, *e);
        break;
      case wire::Extended::kRegion:
        OnRegion(thread, *e);
        break;
      case wire::Extended::kPool:
        OnPool(thread, *e);
        break;
    }
  }
}

ReplayOptions::ReplayOptions(const Trace& trace)
    : workers(DecodeAhead::Workers(trace.chunks.size())) {}

ReplayResult Replay(const Trace& trace, EventSink* sink) {
  return Replay(trace, sink, ReplayOptions(trace));
}

ReplayResult Replay(const Trace& trace, EventSink* sink, const ReplayOptions& options) {
  ReplayResult result;
  std::vector<ThreadEvents> threads;
  for (size_t c = 0; c != trace.chunks.size();) {
    size_t last = c;
    while (last != trace.chunks.size() && trace.chunks[last].thread == trace.chunks[c].thread)
      last++;
    threads.emplace_back(c, last, trace);
    c = last;
  }

  Source source(trace, sink, options, &result);
  Turns turns(threads.size());
  ProcessEnds ends(trace);
  for (const ThreadEvents& t : threads) ends.AddThread(t.process());
  for (ThreadEvents& t : threads) {
    if (t.Fill(&source)) {
      turns.Add(&t);
    } else {
      ends.EndThread(t.process(), 0);
    }
  }
  while (!turns.empty()) {
    ThreadEvents* t = turns.first();
    const Turn* limit = turns.second();
    Turn process_end;
    if (!ends.empty()) {
      ends.TellBefore(t->turn().stamp, sink);
      if (!ends.empty()) process_end = {ends.next(), true, UINT32_MAX};
      if (!ends.empty() && (limit == nullptr || *limit > process_end)) limit = &process_end;
    }
    const Event* const end = t->Until(limit);
    const uint64_t last_stamp = (end - 1)->stamp;
    const Event* const played =
        std::upper_bound(t->at(), end, t->end_stamp(),
                         [](uint64_t stamp, const Event& e) { return stamp < e.stamp; });
    if (played != t->at()) sink->OnEvents(t->thread(), t->at(), played);
    result.after_end += static_cast<uint64_t>(
        std::count_if(played, end, [](const Event& e) { return e.kind != Record::kExtended; }));
    t->Skip(end);
    if (t->Fill(&source)) {
      turns.SinkFirst();
    } else {
      turns.DropFirst();
      ends.EndThread(t->process(), last_stamp);
    }
  }
  ends.Finish(sink);
  return result;
}

}  // namespace allocprof::trace
