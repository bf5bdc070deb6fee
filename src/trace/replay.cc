// SPDX-License-Identifier: Apache-2.0
#include "trace/replay.h"

#include <algorithm>
#include <queue>

#include "wire/base64.h"

namespace allocprof::trace {
namespace {

using wire::Event;
using wire::Record;

class ThreadEvents {
 public:
  ThreadEvents(const Chunk* first, const Chunk* last)
      : next_(first), last_(last), thread_(first->thread) {}

  uint32_t thread() const { return thread_; }

  // The next event, or nullptr at the end. Definitions of a chunk are handed out when it is opened.
  const Event* Peek(ReplayResult* result, EventSink* sink) {
    while (at_ == events_.size()) {
      if (next_ == last_) return nullptr;
      Open(*next_++, result, sink);
    }
    return &events_[at_];
  }
  void Pop() { at_++; }

 private:
  void Open(const Chunk& chunk, ReplayResult* result, EventSink* sink) {
    events_.clear();
    at_ = 0;
    const uint8_t* bytes;
    size_t n;
    if (chunk.packed != nullptr) {
      bytes = reinterpret_cast<const uint8_t*>(chunk.packed->data());
      n = chunk.packed->size();
    } else {
      packed_.resize(chunk.base64.size() / 4 * 3 + 3);
      const ptrdiff_t size =
          wire::DecodeBase64(chunk.base64.data(), chunk.base64.size(), packed_.data());
      if (size < 0) {
        Damaged(chunk, "its data is not base64", result);
        return;
      }
      bytes = packed_.data();
      n = static_cast<size_t>(size);
    }
    wire::BlockReader reader(bytes, n);
    wire::BlockTotals totals;
    bool ordered = true;
    for (Event e; reader.Next(&e);) {
      totals.Add(e);
      switch (e.kind) {
        case Record::kDefine:
          sink->Define(thread_, e);
          break;
        case Record::kDeeper:
          sink->Deeper(thread_, e);
          break;
        case Record::kAlloc:
        case Record::kFree:
        case Record::kReallocFree:
        case Record::kFailed:
          ordered = ordered && (events_.empty() || events_.back().stamp <= e.stamp);
          events_.push_back(e);
          break;
        case Record::kExtended:
          if (e.flags == static_cast<uint8_t>(wire::Extended::kCost)) {
            // Of no event when it opens a damaged block.
            if (!events_.empty()) events_.push_back(e);
          } else {
            result->skipped_kinds++;
          }
          break;
        default:
          result->skipped_kinds++;
          break;
      }
    }
    if (reader.damaged()) Damaged(chunk, "its records end before their time", result);
    if (totals.events != chunk.events)
      Damaged(chunk, "it does not hold the events that it says", result);
    // A signal handler's events were stamped inside the hook that they interrupted.
    if (!ordered) {
      std::stable_sort(events_.begin(), events_.end(),
                       [](const Event& a, const Event& b) { return a.stamp < b.stamp; });
    }
    Totals& t = result->totals;
    t.events += totals.events;
    t.allocations += totals.allocations;
    t.frees += totals.frees;
    t.reallocations += totals.reallocations;
    t.allocated_bytes += totals.allocated_bytes;
    t.failed += totals.failed;
    t.definitions += totals.definitions;
    t.chunks++;
  }

  void Damaged(const Chunk& chunk, const char* what, ReplayResult* result) {
    result->damage.push_back({"chunk of thread " + std::to_string(chunk.thread) + " at " +
                                  std::to_string(chunk.first_position),
                              what});
  }

  const Chunk* next_;
  const Chunk* last_;
  uint32_t thread_;
  std::vector<uint8_t> packed_;
  std::vector<Event> events_;
  size_t at_ = 0;
};

// After the frees of the same stamp.
bool IsLate(const Event& e) { return e.kind == Record::kAlloc || e.kind == Record::kExtended; }

struct Turn {
  uint64_t stamp;
  bool late;
  ThreadEvents* thread;

  bool operator>(const Turn& o) const {
    if (stamp != o.stamp) return stamp > o.stamp;
    if (late != o.late) return late;
    return thread->thread() > o.thread->thread();
  }
};

}  // namespace

ReplayResult Replay(const Trace& trace, EventSink* sink) {
  ReplayResult result;
  std::vector<ThreadEvents> threads;
  const Chunk* const end = trace.chunks.data() + trace.chunks.size();
  for (const Chunk* c = trace.chunks.data(); c != end;) {
    const Chunk* last = std::find_if(c, end, [&](const Chunk& o) { return o.thread != c->thread; });
    threads.emplace_back(c, last);
    c = last;
  }

  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> queue;
  const auto enqueue = [&](ThreadEvents* t) {
    if (const Event* e = t->Peek(&result, sink)) queue.push({e->stamp, IsLate(*e), t});
  };
  for (ThreadEvents& t : threads) enqueue(&t);
  while (!queue.empty()) {
    ThreadEvents* t = queue.top().thread;
    queue.pop();
    // One thread's run of events, as long as it is ahead of the others, needs no queue.
    for (const Event* e = t->Peek(&result, sink); e != nullptr; e = t->Peek(&result, sink)) {
      const Turn turn{e->stamp, IsLate(*e), t};
      if (!queue.empty() && turn > queue.top()) {
        queue.push(turn);
        break;
      }
      if (e->kind == Record::kExtended) {
        if (e->stamp <= trace.end_stamp) sink->OnCost(t->thread(), *e);
      } else if (e->stamp > trace.end_stamp) {
        result.after_end++;
      } else {
        sink->OnEvent(t->thread(), *e);
      }
      t->Pop();
    }
  }
  return result;
}

}  // namespace allocprof::trace
