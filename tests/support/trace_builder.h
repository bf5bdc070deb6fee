// SPDX-License-Identifier: Apache-2.0
//
// The text of a trace.json, record by record: what src/wire/FORMAT.md describes, and whatever
// damage a test wants in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/block_builder.h"

namespace allocprof::test {

// Of the header that TraceBuilder writes; the spool of the same process names them too.
inline constexpr uint32_t kPid = 4711;
inline constexpr uint64_t kStartTicks = 123456;
inline constexpr uint64_t kStartStamp = 1000;
inline constexpr uint64_t kStartNs = 5000;

class TraceBuilder {
 public:
  TraceBuilder();

  // Replaces the first line; with its comma, without its newline.
  TraceBuilder& Header(std::string line);
  TraceBuilder& Module(uint32_t id, const std::string& path, uint64_t low, uint64_t high,
                       uint64_t bias, uint64_t t = kStartStamp);
  TraceBuilder& Unload(uint32_t id, uint64_t t);
  TraceBuilder& Thread(uint32_t id, uint32_t tid, const std::string& name, uint64_t depth_max = 0);
  TraceBuilder& Sample(uint64_t t, uint64_t ns, uint64_t rss);
  TraceBuilder& Chunk(const BlockBuilder& block, uint64_t position);
  // Totals are those of the chunks so far; the stamp clock runs at one unit a nanosecond.
  TraceBuilder& End(uint64_t t, int status = 0);
  // Any record, or none: the line gets a comma and a newline.
  TraceBuilder& Line(const std::string& line);
  // Space that a thread reserved and did not live to write.
  TraceBuilder& Hole(size_t bytes);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  BlockCounts totals_;
  uint64_t chunks_ = 0;
};

// The line of a chunk, without comma and newline. `events` and `data` as given, true or not.
std::string ChunkLine(uint32_t thread, uint64_t first_position, uint64_t last_position,
                      uint64_t events, uint64_t first_stamp, uint64_t last_stamp,
                      const std::string& data);
std::string ChunkLine(const BlockBuilder& block, uint64_t position);

std::string Base64(const std::string& bytes);

}  // namespace allocprof::test
