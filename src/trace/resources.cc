// SPDX-License-Identifier: Apache-2.0
#include "trace/resources.h"

#include <nlohmann/json.hpp>

namespace allocprof::trace {
namespace {

using nlohmann::json;

uint64_t U64(const json& j, const char* key) {
  const auto it = j.find(key);
  return it != j.end() && it->is_number_unsigned() ? it->get<uint64_t>() : 0;
}

const json& Member(const json& j, const char* key) {
  static const json none = json::object();
  const auto it = j.find(key);
  return it != j.end() && it->is_object() ? *it : none;
}

uint64_t At(const json& j, const char* key, size_t index) {
  const auto it = j.find(key);
  if (it == j.end() || !it->is_array() || it->size() <= index) return 0;
  const json& value = (*it)[index];
  return value.is_number_unsigned() ? value.get<uint64_t>() : 0;
}

wire::MapTotals ParseMapTotals(const json& j) {
  return {U64(j, "maps"),         U64(j, "unmaps"),         U64(j, "remaps"),
          U64(j, "mapped_bytes"), U64(j, "unmapped_bytes"), U64(j, "peak_bytes")};
}

}  // namespace

Sample ParseSample(const json& record) {
  Sample s;
  s.stamp = U64(record, "t");
  s.ns = U64(record, "ns");
  s.rss = U64(record, "rss");
  s.resident_file = U64(record, "file");
  s.heap = U64(record, "heap");
  s.mapped = U64(record, "mapped");
  s.minor_faults = At(record, "faults", 0);
  s.major_faults = At(record, "faults", 1);
  return s;
}

bool ParseSwitch(const json& record, Resources* out) {
  const auto what = record.find("what");
  if (what == record.end() || (*what != "off" && *what != "on")) return false;
  out->switches.push_back({U64(record, "t"), *what == "off"});
  return true;
}

void ParseResources(const json& end, Resources* out) {
  const json& off = Member(end, "off");
  out->passed_allocations = U64(off, "allocations");
  out->passed_bytes = U64(off, "allocated_bytes");
  out->full_stamp = U64(end, "full");
  const json& dropped = Member(end, "dropped");
  out->dropped = {U64(dropped, "events"),          U64(dropped, "allocations"),
                  U64(dropped, "frees"),           U64(dropped, "reallocations"),
                  U64(dropped, "allocated_bytes"), U64(dropped, "failed")};
  const json& mapped = Member(end, "mapped_by");
  out->mapped_by_program = ParseMapTotals(Member(mapped, "program"));
  out->mapped_by_allocator = ParseMapTotals(Member(mapped, "allocator"));
  out->usage_known = end.contains("cpu");
  out->user_ns = At(end, "cpu", 0);
  out->system_ns = At(end, "cpu", 1);
  out->peak_resident = U64(end, "rss_peak");
  out->recorder_anonymous = At(Member(end, "overhead"), "resident", 0);
  out->recorder_file = At(Member(end, "overhead"), "resident", 1);
}

void ReadResources(const wire::SpoolHeader& head, Resources* out) {
  out->passed_allocations = head.passed_allocations;
  out->passed_bytes = head.passed_bytes;
  out->full_stamp = head.full_stamp;
  out->dropped = head.dropped;
  out->mapped_by_program = head.maps[static_cast<size_t>(wire::Mapper::kProgram)];
  out->mapped_by_allocator = head.maps[static_cast<size_t>(wire::Mapper::kAllocator)];
}

}  // namespace allocprof::trace
