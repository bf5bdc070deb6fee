// SPDX-License-Identifier: Apache-2.0
#include "support/trace_builder.h"

#include <nlohmann/json.hpp>

#include "wire/base64.h"

namespace allocprof::test {
namespace {

using nlohmann::ordered_json;

std::string DefaultHeader() {
  return "{\"allocprof\":1,\"minor\":0,\"pid\":" + std::to_string(kPid) +
         ",\"ppid\":1,\"forked_from\":0,\"start_ticks\":" + std::to_string(kStartTicks) +
         ",\"exe\":\"/opt/demo/bin/demo\",\"argv\":[\"demo\",\"--all\"],\"clock\":\"tsc\"" +
         ",\"stamp\":" + std::to_string(kStartStamp) + ",\"ns\":" + std::to_string(kStartNs) +
         ",\"real_ns\":1700000000000000000,\"ring\":65536,\"depth\":1024,\"unwind\":\"native\"" +
         ",\"free_stacks\":\"on\",\"spool\":\"file\",";
}

}  // namespace

TraceBuilder::TraceBuilder() { Header(DefaultHeader()); }

TraceBuilder& TraceBuilder::Header(std::string line) {
  text_ = std::move(line) + "\n\"records\":[\n";
  return *this;
}

TraceBuilder& TraceBuilder::Module(uint32_t id, const std::string& path, uint64_t low,
                                   uint64_t high, uint64_t bias, uint64_t t) {
  return Line(ordered_json{
      {"k", "module"},
      {"id", id},
      {"path", path},
      {"build_id", ""},
      {"bias", bias},
      {"low", low},
      {"high", high},
      {"t", t}}.dump());
}

TraceBuilder& TraceBuilder::Unload(uint32_t id, uint64_t t) {
  return Line(ordered_json{{"k", "unload"}, {"id", id}, {"t", t}}.dump());
}

TraceBuilder& TraceBuilder::Thread(uint32_t id, uint32_t tid, const std::string& name,
                                   uint64_t depth_max) {
  return Line(ordered_json{{"k", "thread"},
                           {"id", id},
                           {"tid", tid},
                           {"name", name},
                           {"stack", {0x7000000, 0x7800000}},
                           {"limit", 8388608},
                           {"depth_max", depth_max},
                           {"t", kStartStamp}}
                  .dump());
}

TraceBuilder& TraceBuilder::Sample(uint64_t t, uint64_t ns, uint64_t rss) {
  return Line(ordered_json{{"k", "sample"}, {"t", t}, {"ns", ns}, {"rss", rss}}.dump());
}

TraceBuilder& TraceBuilder::Chunk(const BlockBuilder& block, uint64_t position) {
  const BlockCounts& c = block.counts();
  totals_.events += c.events;
  totals_.allocations += c.allocations;
  totals_.frees += c.frees;
  totals_.reallocations += c.reallocations;
  totals_.allocated_bytes += c.allocated_bytes;
  totals_.failed += c.failed;
  totals_.definitions += c.definitions;
  chunks_++;
  return Line(ChunkLine(block, position));
}

TraceBuilder& TraceBuilder::End(uint64_t t, int status) {
  const ordered_json end = {
      {"k", "end"},
      {"reason", "exit"},
      {"status", status},
      {"t", t},
      {"ns", kStartNs + (t - kStartStamp)},
      {"rss", 4096},
      {"totals",
       {{"events", totals_.events},
        {"allocations", totals_.allocations},
        {"frees", totals_.frees},
        {"reallocations", totals_.reallocations},
        {"allocated_bytes", totals_.allocated_bytes},
        {"failed", totals_.failed},
        {"definitions", totals_.definitions},
        {"chunks", chunks_},
        {"threads", 1}}},
      {"lost", {{"no_ring", 0}, {"nested", 0}, {"window", 0}, {"starting", 0}, {"max_size", 0}}},
      {"overhead", {{"drain", 0}, {"hooks", 0}, {"mapped_bytes", 69632}}},
      {"unwind", {{"cut", 0}, {"verified", 0}, {"different", 0}}}};
  text_ += end.dump() + "\n]}\n";
  return *this;
}

TraceBuilder& TraceBuilder::Line(const std::string& line) {
  text_ += line + ",\n";
  return *this;
}

TraceBuilder& TraceBuilder::Hole(size_t bytes) {
  text_.append(bytes, '\0');
  return *this;
}

std::string ChunkLine(uint32_t thread, uint64_t first_position, uint64_t last_position,
                      uint64_t events, uint64_t first_stamp, uint64_t last_stamp,
                      const std::string& data) {
  return ordered_json{{"k", "chunk"},
                      {"thread", thread},
                      {"pos", {first_position, last_position}},
                      {"events", events},
                      {"t", {first_stamp, last_stamp}},
                      {"data", data}}
      .dump();
}

std::string ChunkLine(const BlockBuilder& block, uint64_t position) {
  const BlockCounts& c = block.counts();
  return ChunkLine(block.thread(), position, position + block.bytes().size(), c.events,
                   c.first_stamp, c.last_stamp, Base64(block.bytes()));
}

std::string Base64(const std::string& bytes) {
  std::string out(wire::Base64Size(bytes.size()), '\0');
  wire::EncodeBase64(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), out.data());
  return out;
}

}  // namespace allocprof::test
