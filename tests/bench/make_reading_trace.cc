// SPDX-License-Identifier: Apache-2.0
//
// Writes a trace of any length for tests/bench/reading.py:
//   make_reading_trace EVENTS OUTPUT
// Four threads, 3,000 call stacks of up to 24 frames, at most 60,000 live blocks whatever the
// length, lifetimes from the next event to nearly all of the run. The same arguments give the same
// file.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <vector>

#include "support/block_builder.h"
#include "support/trace_builder.h"

namespace {

using namespace allocprof;

constexpr uint32_t kThreads = 4;
constexpr uint32_t kStacks = 3000;
constexpr size_t kLive = 60000;
constexpr size_t kChunkBytes = 16000;

struct Live {
  uint64_t address;
  uint32_t thread;
};

class Writer {
 public:
  explicit Writer(std::ofstream& out) : out_(out) {
    for (uint32_t t = 0; t < kThreads; t++) builders_.emplace_back(t + 1, now_, 1);
  }

  test::BlockBuilder& Of(uint32_t thread) {
    test::BlockBuilder& b = builders_[thread];
    if (b.bytes().size() >= kChunkBytes) {
      Flush(thread);
      b = test::BlockBuilder(thread + 1, now_, b.next_id());
    }
    return b;
  }

  // The id of the n-th stack in a thread: a random tree, defined when first used.
  uint32_t Stack(uint32_t thread, uint32_t n) {
    uint32_t& id = ids_[thread][n];
    if (id == 0) {
      const uint32_t parent = n < 8 ? 0 : Stack(thread, n / 2 + n % 7);
      depths_[n] = n < 8 ? 64 : depths_[n / 2 + n % 7] + 64;
      id = Of(thread).Define(parent, 0x400000 + 16 * n, 64, depths_[n]);
    }
    return id;
  }

  uint64_t Tick() { return now_ += 100; }

  void Finish(uint64_t) {
    for (uint32_t t = 0; t < kThreads; t++) Flush(t);
    test::TraceBuilder tail;
    const size_t head = tail.text().size();
    tail.Thread(1, test::kPid, "main");
    for (uint32_t t = 2; t <= kThreads; t++) tail.Thread(t, test::kPid + t, "worker");
    std::string text = tail.text().substr(head);
    // The totals of the end record are those that TraceBuilder counted: none here. A trace without
    // them is complete all the same.
    text += "{\"k\":\"end\",\"reason\":\"exit\",\"status\":0,\"t\":" + std::to_string(now_) +
            ",\"ns\":" + std::to_string(now_) + "}\n]}\n";
    out_ << text;
  }

 private:
  void Flush(uint32_t thread) {
    const test::BlockBuilder& b = builders_[thread];
    if (b.counts().events == 0) return;
    out_ << test::ChunkLine(b, positions_[thread]) << ",\n";
    positions_[thread] += 16384;
  }

  std::ofstream& out_;
  uint64_t now_ = test::kStartStamp;
  std::vector<test::BlockBuilder> builders_;
  std::array<uint64_t, kThreads> positions_{};
  std::array<std::array<uint32_t, kStacks>, kThreads> ids_{};
  std::array<uint64_t, kStacks> depths_{};
};

void Write(uint64_t events, std::ofstream& out) {
  out << test::TraceBuilder().text();
  Writer writer(out);
  std::mt19937_64 random(7);
  std::vector<Live> live;
  std::vector<uint64_t> free_addresses;
  uint64_t fresh = 0x10000000;
  for (uint64_t i = 0; i < events; i++) {
    const auto thread = static_cast<uint32_t>(random() % kThreads);
    const auto stack = static_cast<uint32_t>(random() % kStacks);
    const bool allocates = live.empty() || (live.size() < kLive && random() % 2 == 0);
    const uint32_t id = writer.Stack(thread, stack);
    if (allocates) {
      uint64_t address = fresh;
      if (free_addresses.empty()) {
        fresh += 64;
      } else {
        address = free_addresses.back();
        free_addresses.pop_back();
      }
      const uint64_t size = 8 + (random() % 16 == 0 ? random() % 4000 : random() % 100);
      writer.Of(thread).Alloc(id, address, size, writer.Tick());
      live.push_back({address, thread});
    } else {
      // Half of the blocks are freed soon after their birth, half at any time.
      const size_t n = live.size();
      const size_t at =
          random() % 2 == 0 ? n - 1 - random() % std::min<size_t>(n, 16) : random() % n;
      const Live block = live[at];
      live[at] = live.back();
      live.pop_back();
      writer.Of(block.thread).Free(writer.Stack(block.thread, stack), block.address, writer.Tick());
      free_addresses.push_back(block.address);
    }
  }
  writer.Finish(events);
}

}  // namespace

int main(int argc, char** argv) {
  char* end = nullptr;
  const uint64_t events = argc == 3 ? std::strtoull(argv[1], &end, 10) : 0;
  if (argc != 3 || *end != '\0' || events == 0) {
    std::fprintf(stderr, "usage: make_reading_trace EVENTS OUTPUT\n");
    return 2;
  }
  std::ofstream out(argv[2], std::ios::binary);
  Write(events, out);
  out.flush();
  if (!out) {
    std::fprintf(stderr, "make_reading_trace: cannot write %s\n", argv[2]);
    return 1;
  }
  return 0;
}
