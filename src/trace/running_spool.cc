// SPDX-License-Identifier: Apache-2.0
#include "trace/running_spool.h"

#include <time.h>

#include <algorithm>
#include <cstring>

#include "wire/spool.h"

#ifdef __x86_64__
#include <x86intrin.h>
#endif

namespace allocprof::trace {

ReadMoment TakeMoment() {
  ReadMoment moment;
  timespec ts{};
  clock_gettime(CLOCK_MONOTONIC, &ts);
  moment.monotonic_ns =
      static_cast<uint64_t>(ts.tv_sec) * 1000000000u + static_cast<uint64_t>(ts.tv_nsec);
#ifdef __x86_64__
  moment.tsc = __rdtsc();
#endif
  return moment;
}

void SettleRings(std::ifstream* spool, std::string* bytes) {
  wire::SpoolHeader head;
  if (bytes->size() < sizeof(head)) return;
  std::memcpy(&head, bytes->data(), sizeof(head));
  for (uint64_t i = 0; i < head.ring_count; i++) {
    const uint64_t at = wire::RingOffset(head.ring_bytes, i);
    wire::RingHeader ring, later;
    if (bytes->size() < at + sizeof(ring)) return;
    std::memcpy(&ring, bytes->data() + at, sizeof(ring));
    spool->clear();
    spool->seekg(static_cast<std::streamoff>(at));
    const bool there =
        static_cast<bool>(spool->read(reinterpret_cast<char*>(&later), sizeof(later)));
    if (!there || later.thread != ring.thread || later.start_stamp != ring.start_stamp) {
      // Of a thread that has ended meanwhile: all of it is drained.
      ring.thread = 0;
    } else {
      ring.tail = std::max(ring.tail, later.tail);
      const uint64_t last = ring.head >> 32;
      if (ring.tail > last && ring.tail <= UINT32_MAX) ring.head = ring.tail << 32;
    }
    std::memcpy(bytes->data() + at, &ring, sizeof(ring));
  }
}

}  // namespace allocprof::trace
