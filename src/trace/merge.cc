// SPDX-License-Identifier: Apache-2.0
#include "trace/merge.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "wire/base64.h"
#include "wire/format.h"

namespace allocprof::trace {
namespace {

using nlohmann::ordered_json;

std::string Json(const ordered_json& j) {
  return j.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// A record may be copied if the document stays JSON with it.
bool IsRecord(std::string_view line) {
  static constexpr std::string_view kData = "\"data\":\"";
  if (line.size() < 2 || line.front() != '{' || line.back() != '}') return false;
  const size_t data = line.find(kData);
  if (data == line.npos) return ordered_json::accept(line);
  const size_t begin = data + kData.size();
  const size_t end = line.find_first_not_of(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", begin);
  if (end == line.npos) return false;
  return ordered_json::accept(std::string(line.substr(0, begin)).append(line.substr(end)));
}

class MergedFile {
 public:
  explicit MergedFile(std::ostream& out) : out_(out) {}

  void Begin(size_t processes) {
    out_ << "{\"allocprof\":" << wire::kFormatMajor << ",\"minor\":" << wire::kFormatMinor
         << ",\"merged\":" << processes << ",\n\"records\":[\n";
  }
  void End() { out_ << "\n]}\n"; }

  void Process(const Trace& part) {
    std::string_view rest = part.text;
    running_ = part.ending == Ending::kRunning;
    const size_t header_end = std::min(rest.find('\n'), rest.size());
    Record(ProcessRecord(part, rest.substr(0, header_end)));
    rest.remove_prefix(std::min(header_end + 1, rest.size()));
    for (uint64_t number = 2; !rest.empty(); number++) {
      const size_t end = rest.find('\n');
      CopyLine(rest.substr(0, end), number);
      rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    }
    if (part.from_spool) FromSpool(part);
  }

 private:
  void Record(std::string_view text) {
    if (!first_) out_ << ",\n";
    first_ = false;
    out_ << text;
  }

  void CopyLine(std::string_view line, uint64_t number) {
    const size_t hole = line.rfind('\0');
    if (hole != line.npos) {
      Damage(number, "a hole in the file");
      line.remove_prefix(hole + 1);
    }
    if (line.empty() || line == "\"records\":[" || line == "]}") return;
    if (line.back() == ',') line.remove_suffix(1);
    if (IsRecord(line)) {
      Record(line);
    } else if (hole == line.npos) {
      Damage(number, "not a record");
    }
  }

  // What a process that runs has not written yet is not damaged.
  void Damage(uint64_t number, const char* what) {
    if (running_) return;
    const std::string where = "line " + std::to_string(number);
    Record(Json({{"k", "damage"}, {"where", where}, {"what", what}}));
  }

  // A process of a merged file has such a record already; of its own file, the header becomes one.
  static std::string ProcessRecord(const Trace& part, std::string_view header) {
    if (!header.empty() && header.back() == ',') header.remove_suffix(1);
    if (header.substr(0, 13) == "{\"allocprof\":") {
      ordered_json j = ordered_json::parse(std::string(header) + "}", nullptr, false);
      if (!j.is_object()) j = ordered_json::object();
      ordered_json process = {{"k", "process"}, {"trace", part.path}};
      for (auto& [key, value] : j.items()) {
        if (key != "allocprof" && key != "minor") process[key] = std::move(value);
      }
      if (!part.complete) process["state"] = State(part);
      return Json(process);
    }
    return std::string(header);
  }

  static ordered_json OfMaps(const wire::MapTotals& m) {
    return {{"maps", m.maps},
            {"unmaps", m.unmaps},
            {"remaps", m.remaps},
            {"mapped_bytes", m.mapped_bytes},
            {"unmapped_bytes", m.unmapped_bytes},
            {"peak_bytes", m.peak_bytes}};
  }

  // What the reader learnt from the spool, or from looking for the process.
  static ordered_json State(const Trace& part) {
    ordered_json lost = ordered_json::object();
    for (const Lost& l : part.lost) lost[l.why] = l.events;
    ordered_json state = {{"ending", EndingName(part.ending)},
                          {"spool", part.from_spool ? 1 : 0},
                          {"window", part.window ? 1 : 0},
                          {"lost", lost},
                          {"overhead",
                           {{"drain", part.drain_cycles},
                            {"hooks", part.hook_cycles},
                            {"drain_ns", part.drain_ns},
                            {"mapped_bytes", part.mapped_bytes}}},
                          {"unwind",
                           {{"cut", part.stacks_cut},
                            {"verified", part.stacks_verified},
                            {"different", part.stacks_different},
                            {"part", part.stacks_verified_part}}}};
    const Resources& r = part.resources;
    state["off"] = {{"allocations", r.passed_allocations}, {"allocated_bytes", r.passed_bytes}};
    state["full"] = r.full_stamp;
    state["dropped"] = {{"events", r.dropped.events},
                        {"allocations", r.dropped.allocations},
                        {"frees", r.dropped.frees},
                        {"reallocations", r.dropped.reallocations},
                        {"allocated_bytes", r.dropped.allocated_bytes},
                        {"failed", r.dropped.failed}};
    state["mapped_by"] = {{"program", OfMaps(r.mapped_by_program)},
                          {"allocator", OfMaps(r.mapped_by_allocator)}};
    if (part.end_stamp != UINT64_MAX) state["t"] = part.end_stamp;
    if (part.exit_status) state["status"] = *part.exit_status;
    return state;
  }

  // Modules that the file has too are known by their id.
  void FromSpool(const Trace& part) {
    for (const Module& m : part.modules) {
      Record(Json({{"k", "module"},
                   {"id", m.id},
                   {"path", m.path},
                   {"build_id", m.build_id},
                   {"bias", m.bias},
                   {"low", m.low},
                   {"high", m.high},
                   {"t", m.loaded}}));
      if (m.unloaded != UINT64_MAX) {
        Record(Json({{"k", "unload"}, {"id", m.id}, {"t", m.unloaded}}));
      }
    }
    for (const Chunk& c : part.chunks) {
      if (c.packed == nullptr) continue;
      if (c.thread != last_thread_) FromRing(part, c.thread);
      last_thread_ = c.thread;
      std::string data(wire::Base64Size(c.packed->size()), '\0');
      wire::EncodeBase64(reinterpret_cast<const uint8_t*>(c.packed->data()), c.packed->size(),
                         data.data());
      Record(Json({{"k", "chunk"},
                   {"thread", c.thread},
                   {"pos", {c.first_position, c.last_position}},
                   {"events", c.events},
                   {"t", {c.first_stamp, c.last_stamp}},
                   {"data", data}}));
    }
    last_thread_ = 0;
    for (const trace::Damage& d : part.damage) {
      if (d.where.rfind("spool", 0) != 0) continue;
      Record(Json({{"k", "damage"}, {"where", d.where}, {"what", d.what}}));
    }
  }

  void FromRing(const Trace& part, uint32_t thread) {
    for (const Thread& t : part.threads) {
      if (t.id != thread) continue;
      Record(Json({{"k", "thread"},
                   {"id", t.id},
                   {"tid", t.tid},
                   {"name", t.name},
                   {"stack", {t.stack_low, t.stack_base}},
                   {"limit", t.stack_limit},
                   {"depth_max", t.depth_max},
                   {"t", t.start}}));
    }
  }

  std::ostream& out_;
  bool first_ = true;
  bool running_ = false;  // the process at hand
  uint32_t last_thread_ = 0;
};

}  // namespace

Status WriteMerged(const Trace& trace, std::ostream& out) {
  MergedFile file(out);
  file.Begin(trace.processes.size());
  if (trace.parts.empty()) file.Process(trace);
  for (const std::shared_ptr<Trace>& part : trace.parts) file.Process(*part);
  file.End();
  return out ? Status::Ok()
             : Status(ErrorCode::kUnreadable, "cannot write the merged trace; is the disk full?");
}

}  // namespace allocprof::trace
