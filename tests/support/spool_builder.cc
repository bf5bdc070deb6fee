// SPDX-License-Identifier: Apache-2.0
#include "support/spool_builder.h"

#include <cstring>

#include "support/trace_builder.h"

namespace allocprof::test {
namespace {

template <typename T>
std::string Page(const T& head) {
  std::string page(wire::kSpoolPage, '\0');
  memcpy(page.data(), &head, sizeof(head));
  return page;
}

}  // namespace

SpoolBuilder::SpoolBuilder() {
  memcpy(header.magic, wire::kSpoolMagic, sizeof(header.magic));
  header.version = wire::kFormatMajor;
  header.ring_bytes = kRingBytes;
  header.pid = kPid;
  header.start_ticks = kStartTicks;
}

SpoolBuilder& SpoolBuilder::LogModule(const std::string& line) {
  const wire::LogEntry entry{static_cast<uint32_t>(line.size()), 1};
  module_log_.append(reinterpret_cast<const char*>(&entry), sizeof(entry));
  module_log_ += line;
  module_log_.resize((module_log_.size() + 7) / 8 * 8);
  header.module_log_used = module_log_.size();
  return *this;
}

SpoolBuilder& SpoolBuilder::Ring(uint32_t thread, const std::vector<BlockBuilder>& blocks,
                                 uint64_t first) {
  OneRing ring;
  ring.blocks.resize(kRingBytes);
  ring.header.thread = thread;
  ring.header.tid = kPid + thread - 1;
  ring.header.tail = first;
  memcpy(ring.header.name, "worker", 7);
  for (size_t i = 0; i < blocks.size(); i++) {
    const uint64_t number = first + i;
    const std::string& bytes = blocks[i].bytes();
    ring.blocks.replace(number % wire::kBlocksPerRing * kBlockBytes, bytes.size(), bytes);
    ring.header.used[number % wire::kBlocksPerRing] = static_cast<uint32_t>(bytes.size());
    ring.header.head = number << 32 | bytes.size();
  }
  rings_.push_back(std::move(ring));
  header.ring_count = static_cast<uint32_t>(rings_.size());
  return *this;
}

std::string SpoolBuilder::bytes() const {
  std::string out = Page(header) + module_log_;
  out.resize(wire::RingOffset(kRingBytes, 0));
  for (const OneRing& ring : rings_) out += Page(ring.header) + ring.blocks;
  return out;
}

}  // namespace allocprof::test
