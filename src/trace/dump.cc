// SPDX-License-Identifier: Apache-2.0
#include "trace/dump.h"

#include <nlohmann/json.hpp>

#include "trace/names.h"
#include "trace/replay.h"

namespace allocprof::trace {
namespace {

using nlohmann::ordered_json;

const char* EntryName(wire::Entry entry) {
  static constexpr const char* kNames[] = {
      "malloc",        "calloc",   "realloc", "reallocarray", "posix_memalign",
      "aligned_alloc", "memalign", "valloc",  "pvalloc",      "free"};
  const auto i = static_cast<size_t>(entry);
  return i < sizeof(kNames) / sizeof(kNames[0]) ? kNames[i] : "unknown";
}

class Printer : public EventSink {
 public:
  Printer(std::ostream& out, const Trace& trace) : out_(out), names_(trace) {}

  void Line(const ordered_json& j) {
    out_ << (first_ ? "[\n" : ",\n")
         << j.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    first_ = false;
  }

  void Define(uint32_t thread, const wire::Event& e) override {
    ordered_json j = {{"k", "stack"},       {"thread", thread}, {"id", e.stack},
                      {"parent", e.parent}, {"pc", e.address},  {"frame_bytes", e.size},
                      {"depth", nullptr},   {"flags", e.flags}};
    if (e.depth != wire::kDepthFollows) j["depth"] = e.depth;
    Line(j);
  }
  void Deeper(uint32_t thread, const wire::Event& e) override {
    Line({{"k", "deeper"}, {"thread", thread}, {"stack", e.stack}, {"depth", e.depth}});
  }
  void OnEvent(uint32_t thread, const wire::Event& e) override {
    const bool free = e.kind == wire::Record::kFree || e.kind == wire::Record::kReallocFree;
    ordered_json j = {{"k", free                              ? "free"
                            : e.kind == wire::Record::kFailed ? "failed"
                                                              : "alloc"},
                      {"by", EntryName(e.entry)},
                      {"thread", thread},
                      {"t", e.stamp},
                      {"stack", e.stack}};
    if (e.kind != wire::Record::kFailed) j["address"] = e.address;
    if (!free) j["size"] = e.size;
    Line(j);
  }
  void OnProcessEnd(uint32_t process, uint64_t stamp) override {
    Line({{"k", "process_end"}, {"process", process}, {"t", stamp}});
  }
  void OnCost(uint32_t thread, const wire::Event& e) override {
    ordered_json j = {{"k", "cost"},  {"by", EntryName(e.entry)}, {"thread", thread},
                      {"t", e.stamp}, {"address", e.address},     {"cost", e.depth}};
    if (e.size != 0) j["usable"] = e.size;
    Line(j);
  }
  void OnRegion(uint32_t thread, const wire::Event& e) override {
    const bool ends = (e.size & wire::kRegionEnd) != 0;
    ordered_json j = {
        {"k", "region"},    {"what", ends ? "end" : "begin"},
        {"thread", thread}, {"t", e.stamp},
        {"id", e.address},  {"name", names_.Region(names_.ProcessOf(thread), e.address)}};
    if ((e.size & wire::kRegionNoAlloc) != 0) j["no_alloc"] = true;
    if ((e.size & wire::kRegionPermit) != 0) j["permit"] = true;
    Line(j);
  }
  void OnPool(uint32_t thread, const wire::Event& e) override {
    static constexpr const char* kOperations[] = {"alloc", "free", "reset"};
    const uint64_t id = e.depth >> 2;
    const auto operation = static_cast<wire::PoolOp>(e.depth & 3);
    ordered_json j = {{"k", "pool"},      {"what", kOperations[static_cast<size_t>(operation)]},
                      {"thread", thread}, {"t", e.stamp},
                      {"id", id},         {"name", names_.Pool(names_.ProcessOf(thread), id)},
                      {"stack", e.stack}};
    if (operation != wire::PoolOp::kReset) j["address"] = e.address;
    if (operation == wire::PoolOp::kAlloc) j["size"] = e.size;
    Line(j);
  }

 private:
  std::ostream& out_;
  Names names_;
  bool first_ = true;
};

}  // namespace

Status Dump(const std::string& path, std::ostream& out) {
  Result<Trace> loaded = Load(path);
  if (!loaded.ok()) return loaded.status();
  const Trace& trace = loaded.value();
  Printer printer(out, trace);
  const Header& h = trace.header;
  printer.Line({{"k", "header"},
                {"pid", h.pid},
                {"exe", h.exe},
                {"argv", h.argv},
                {"stamp", h.stamp},
                {"ns", h.ns},
                {"real_ns", h.real_ns},
                {"stamps_per_second", trace.stamps_per_second}});
  // Of several processes each has its number, and what is one's says so.
  const bool several = trace.processes.size() > 1;
  for (size_t i = 0; several && i < trace.processes.size(); i++) {
    const Process& p = trace.processes[i];
    printer.Line({{"k", "process"},
                  {"id", i},
                  {"pid", p.header.pid},
                  {"ppid", p.header.ppid},
                  {"exe", p.header.exe},
                  {"argv", p.header.argv},
                  {"trace", p.path},
                  {"stamp", p.start_stamp},
                  {"ending", EndingName(p.ending)}});
  }
  for (const Module& m : trace.modules) {
    ordered_json j = {{"k", "module"},  {"id", m.id},   {"path", m.path}, {"build_id", m.build_id},
                      {"bias", m.bias}, {"low", m.low}, {"high", m.high}};
    // An address has the process's number in its upper 16 bits.
    if (several) j["process"] = m.low >> 48;
    printer.Line(j);
  }
  for (const Thread& t : trace.threads) {
    ordered_json j = {{"k", "thread"},
                      {"id", t.id},
                      {"tid", t.tid},
                      {"name", t.name},
                      {"depth_max", t.depth_max}};
    if (several) {
      j["process"] = t.process;
      j["pid"] = trace.processes[t.process].header.pid;
    }
    printer.Line(j);
  }
  for (const Sample& s : trace.samples) {
    printer.Line({{"k", "sample"}, {"t", s.stamp}, {"ns", s.ns}, {"rss", s.rss}});
  }
  for (const Switch& s : trace.resources.switches) {
    printer.Line({{"k", "mark"}, {"t", s.stamp}, {"what", s.off ? "off" : "on"}});
  }
  for (const Mark& m : trace.marks) printer.Line({{"k", "mark"}, {"t", m.stamp}, {"name", m.name}});
  const ReplayResult result = Replay(trace, &printer);
  for (const auto* list : {&trace.damage, &result.damage}) {
    for (const Damage& d : *list)
      printer.Line({{"k", "damage"}, {"where", d.where}, {"what", d.what}});
  }
  printer.Line({{"k", "end"},
                {"ending", EndingName(trace.ending)},
                {"complete", trace.complete},
                {"events", result.totals.events},
                {"allocations", result.totals.allocations},
                {"frees", result.totals.frees},
                {"reallocations", result.totals.reallocations},
                {"allocated_bytes", result.totals.allocated_bytes}});
  out << "\n]\n";
  return out ? Status::Ok()
             : Status(ErrorCode::kUnreadable, "cannot write the dump; is the disk full?");
}

}  // namespace allocprof::trace
