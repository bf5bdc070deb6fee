// SPDX-License-Identifier: Apache-2.0
#include "analysis/trace_info.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "analysis/words.h"
#include "trace/census.h"
#include "trace/replay.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;
using trace::Trace;

// Replay decodes every chunk and adds the totals up by itself; each thread's events count here.
class CountingSink : public trace::EventSink {
 public:
  void Define(uint32_t, const wire::Event&) override {}
  void Deeper(uint32_t, const wire::Event&) override {}
  void OnEvent(uint32_t thread, const wire::Event&) override { events_[thread]++; }

  uint64_t Of(uint32_t thread) const {
    const auto it = events_.find(thread);
    return it == events_.end() ? 0 : it->second;
  }

 private:
  std::map<uint32_t, uint64_t> events_;
};

struct Facts {
  const Trace& trace;
  const trace::ReplayResult& replay;
  const trace::Census& document;
  const trace::Census& spool;
  const CountingSink& events;
};

class Group {
 public:
  Group(std::string key, std::string title) : group_{std::move(key), std::move(title), {}} {}

  // An empty title: not in text.
  Group& Add(std::string key, std::string title, Unit unit, Value value) {
    group_.scalars.push_back({std::move(key), std::move(title), unit, std::move(value)});
    return *this;
  }
  void To(report::Report* report) { report->groups.push_back(std::move(group_)); }

 private:
  report::ScalarGroup group_;
};

uint64_t FileSize(const std::string& path) {
  struct stat st = {};
  return stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode) ? static_cast<uint64_t>(st.st_size)
                                                             : 0;
}

std::string Hex(uint64_t address) { return fmt::format("{:#x}", address); }

void AddProcess(const Facts& f, report::Report* report) {
  const trace::Header& h = f.trace.header;
  const std::optional<int>& status = f.trace.exit_status;
  Group("process", "Process")
      .Add("pid", "pid", Unit::kNone, uint64_t{h.pid})
      .Add("exe", "program", Unit::kText, h.exe)
      .Add("argv", "command", Unit::kText, h.argv)
      .Add("start", "started", Unit::kText, IsoTime(h.real_ns))
      .Add("duration_s", "ran for", Unit::kSeconds, f.trace.Seconds(f.trace.last_stamp()))
      .Add("ended", "ended by", Unit::kText, std::string(EndingText(f.trace.ending)))
      .Add("exit.code", "exit code", Unit::kNone,
           status ? Value(static_cast<uint64_t>(*status)) : Value())
      .Add("complete", "", Unit::kNone, f.trace.complete)
      .Add("parent", "parent", Unit::kNone, uint64_t{h.ppid})
      .Add("forked_from", h.forked_from != 0 ? "forked from" : "", Unit::kNone,
           uint64_t{h.forked_from})
      .To(report);
}

void AddFile(const Facts& f, report::Report* report) {
  const Trace& t = f.trace;
  const trace::Header& h = t.header;
  const uint64_t document = t.file.bytes().size();
  const uint64_t on_disk = FileSize(t.path);
  Group group("trace", "Trace");
  group.Add("path", "file", Unit::kText, t.path)
      .Add("format", "format", Unit::kText, fmt::format("allocprof {}.{}", h.major, h.minor))
      .Add("bytes", "document", Unit::kBytes, document)
      .Add("disk_bytes", on_disk != document ? "  on disk, compressed" : "", Unit::kBytes, on_disk)
      .Add("spool_bytes", t.from_spool ? "spool, with empty rings" : "", Unit::kBytes,
           t.from_spool ? FileSize(t.path + ".spool") : 0)
      .Add("clock", "clock", Unit::kText, std::string(h.tsc ? "tsc" : "monotonic"))
      .Add("clock_hz", t.rate_known ? "  per second" : "  per second, assumed", Unit::kCount,
           static_cast<uint64_t>(t.stamps_per_second))
      .Add("allocator", "allocator", Unit::kText, h.allocator)
      .Add("hooked", "calls recorded", Unit::kText, h.hooked)
      .Add("options.ring", "ring of a thread", Unit::kBytes, h.ring_bytes)
      .Add("options.depth", "frames kept", Unit::kCount, h.depth)
      .Add("options.unwind", "stacks walked by", Unit::kText, h.unwind)
      .Add("options.free_stacks", "stacks of frees", Unit::kNone, h.free_stacks)
      .Add("options.spool", h.spool_on_disk ? "" : "spool", Unit::kText,
           std::string(h.spool_on_disk ? "file" : "memory"))
      .To(report);
}

// Blocks of a thread that should stand between two others and do not.
uint64_t MissingBlocks(const Trace& trace) {
  const uint64_t block_bytes = trace.header.ring_bytes / wire::kBlocksPerRing;
  if (block_bytes == 0) return 0;
  uint64_t missing = 0;
  for (size_t i = 1; i < trace.chunks.size(); i++) {
    const trace::Chunk &before = trace.chunks[i - 1], &chunk = trace.chunks[i];
    if (before.thread != chunk.thread) continue;
    const uint64_t index = chunk.first_position / block_bytes;
    const uint64_t expected = before.first_position / block_bytes + 1;
    if (index > expected) missing += index - expected;
  }
  return missing;
}

struct Proof {
  const char* key;
  const char* title;
  Unit unit;
  uint64_t trace::Totals::*of;
};

constexpr Proof kProofs[] = {
    {"events", "events", Unit::kCount, &trace::Totals::events},
    {"allocations", "allocations", Unit::kCount, &trace::Totals::allocations},
    {"frees", "frees", Unit::kCount, &trace::Totals::frees},
    {"reallocations", "reallocations", Unit::kCount, &trace::Totals::reallocations},
    {"allocated_bytes", "allocated bytes", Unit::kCount, &trace::Totals::allocated_bytes},
    {"failed", "failed calls", Unit::kCount, &trace::Totals::failed},
    {"definitions", "stack frames defined", Unit::kCount, &trace::Totals::definitions},
    {"chunks", "chunks", Unit::kCount, &trace::Totals::chunks},
};

void AddIntegrity(const Facts& f, report::Report* report) {
  const Trace& t = f.trace;
  uint64_t lost = 0, from_spool = 0;
  for (const trace::Lost& l : t.lost) lost += l.events;
  for (const trace::Chunk& c : t.chunks) from_spool += c.packed != nullptr ? 1 : 0;
  bool proved = t.totals.has_value();
  report::Table table{.key = "totals", .title = "Totals"};
  table.columns = {{"figure", "figure", Unit::kText},
                   {"found", "found", Unit::kCount},
                   {"said", "end record says", Unit::kCount},
                   {"agrees", "agrees", Unit::kNone}};
  for (const Proof& p : kProofs) {
    const uint64_t found = f.replay.totals.*p.of;
    const bool agrees = t.totals.has_value() && (*t.totals).*p.of == found;
    proved = proved && agrees;
    table.rows.push_back({std::string(p.title), found,
                          t.totals ? Value((*t.totals).*p.of) : Value(),
                          t.totals ? Value(agrees) : Value()});
  }
  const uint64_t damage = t.damage.size() + f.replay.damage.size();
  const uint64_t missing = MissingBlocks(t);
  Group("integrity", "Integrity")
      .Add("whole", "whole", Unit::kNone,
           t.complete && proved && damage == 0 && missing == 0 && lost == 0)
      .Add("end_record", "end record", Unit::kNone, t.complete)
      .Add("totals_proved", "  its totals proved", Unit::kNone, t.totals ? Value(proved) : Value())
      .Add("chunks", "chunks", Unit::kCount, f.replay.totals.chunks)
      .Add("chunks_from_spool", from_spool != 0 ? "  from the spool" : "", Unit::kCount, from_spool)
      .Add("missing_blocks", "  missing between others", Unit::kCount, missing)
      .Add("damage", "places damaged", Unit::kCount, damage)
      .Add("hole_bytes", f.document.holes.bytes != 0 ? "holes" : "", Unit::kBytes,
           f.document.holes.bytes)
      .Add("unknown_records", f.replay.skipped_kinds != 0 ? "records of unknown kind" : "",
           Unit::kCount, f.replay.skipped_kinds)
      .Add("events_after_end", f.replay.after_end != 0 ? "events after the end" : "", Unit::kCount,
           f.replay.after_end)
      .Add("lost_events", "events lost", Unit::kCount, lost)
      .To(report);
  report->tables.push_back(std::move(table));
  for (const auto* list : {&t.damage, &f.replay.damage}) {
    for (const trace::Damage& d : *list) {
      report->notes.push_back(fmt::format("Damage at {}: {}.", d.where, d.what));
    }
  }
  for (const trace::Lost& l : t.lost) {
    report->notes.push_back(fmt::format("{} events were lost: {}.", l.events, LostText(l.why)));
  }
}

void AddOverhead(const Facts& f, report::Report* report) {
  const Trace& t = f.trace;
  const uint64_t events = f.replay.totals.events;
  const double drain = static_cast<double>(t.drain_cycles) / t.stamps_per_second;
  const double hooks = static_cast<double>(t.hook_cycles) / t.stamps_per_second;
  const auto per_event = [&](double seconds) {
    return events != 0 ? Value(seconds / static_cast<double>(events)) : Value();
  };
  Group("overhead", "What recording cost")
      .Add("cpu_s", "CPU", Unit::kSeconds, drain + hooks)
      .Add("hooks_s", "  in hooks, an estimate of 1 in 1024", Unit::kSeconds, hooks)
      .Add("drain_s", "  writing the trace", Unit::kSeconds, drain)
      .Add("event_s", "  per event", Unit::kSeconds, per_event(drain + hooks))
      .Add("mapped_bytes", "memory mapped", Unit::kBytes, t.mapped_bytes)
      .Add("stacks_cut", t.stacks_cut != 0 ? "stacks cut" : "", Unit::kCount, t.stacks_cut)
      .Add("stacks_verified", t.stacks_verified != 0 ? "stacks checked by libunwind" : "",
           Unit::kCount, t.stacks_verified)
      .Add("stacks_different", t.stacks_verified != 0 ? "  found different" : "", Unit::kCount,
           t.stacks_different)
      .To(report);
}

// Every byte of the document, once; the events' share of each beside it.
void AddBytes(const Facts& f, report::Report* report) {
  const trace::Census& c = f.document;
  const uint64_t events = f.replay.totals.events;
  report::Table table{.key = "bytes", .title = "Where the document's bytes go"};
  table.columns = {{"what", "what", Unit::kText},
                   {"records", "records", Unit::kCount},
                   {"bytes", "bytes", Unit::kCount},
                   {"share", "% of all", Unit::kNone},
                   {"per_event", "per event", Unit::kNone}};
  const auto rounded = [](double value, double unit) {
    return static_cast<double>(static_cast<uint64_t>(value / unit + 0.5)) * unit;
  };
  const auto row = [&](const std::string& what, uint64_t records, uint64_t bytes) {
    if (bytes == 0) return;
    const double share = 100.0 * static_cast<double>(bytes) / static_cast<double>(c.Sum());
    table.rows.push_back(
        {what, records, bytes, rounded(share, 0.01),
         events != 0
             ? Value(rounded(static_cast<double>(bytes) / static_cast<double>(events), 0.01))
             : Value()});
  };
  const auto part = [&](const std::string& what, const trace::Bytes& b) {
    row(what, b.records, b.bytes);
  };
  part("events: allocations", c.allocations);
  part("events: frees", c.frees);
  part("events: ends of reallocated blocks", c.realloc_frees);
  part("events: failed calls", c.failed);
  part("events: deeper stacks", c.deeper);
  part("costs of calls", c.costs);
  part("regions entered and left", c.regions);
  part("pool operations", c.pools);
  part("records of no known kind", c.extended);
  part("stack definitions", c.definitions);
  part("heads of blocks", c.block_heads);
  row("damaged data", 0, c.undecoded);
  row("Base64, beyond the data", 0, c.base64_overhead);
  part("JSON around the chunks", c.chunk_json);
  for (const auto& [kind, bytes] : c.plain) part("plain JSON: " + kind, bytes);
  part("JSON of the document", c.frame);
  part("holes", c.holes);
  part("lines that are no record", c.damaged);
  report->tables.push_back(std::move(table));

  const auto per_event = [&](uint64_t bytes) {
    return events != 0
               ? Value(rounded(static_cast<double>(bytes) / static_cast<double>(events), 0.01))
               : Value();
  };
  Group("size", "Size")
      .Add("document_bytes", "document", Unit::kBytes, c.Sum())
      .Add("bytes_per_event", "  bytes per event", Unit::kNone, per_event(c.Sum()))
      .Add("payload_bytes", "packed data", Unit::kBytes, c.Payload())
      .Add("payload_per_event", "  bytes per event", Unit::kNone, per_event(c.Payload()))
      .Add("definition_bytes", "  of these stack definitions", Unit::kBytes, c.definitions.bytes)
      .Add("spool_payload_bytes", f.trace.from_spool ? "packed data still in the spool" : "",
           Unit::kBytes, f.spool.Payload())
      .To(report);
}

void AddModules(const Facts& f, report::Report* report) {
  report::Table table{.key = "modules", .title = "Modules met in stacks"};
  table.columns = {{"id", "", Unit::kNone},
                   {"path", "module", Unit::kText},
                   {"build_id", "build-id", Unit::kText},
                   {"low", "from", Unit::kText},
                   {"high", "to", Unit::kText},
                   {"bias", "", Unit::kText},
                   {"loaded_s", "met at", Unit::kSeconds},
                   {"unloaded_s", "unloaded", Unit::kSeconds}};
  for (const trace::Module& m : f.trace.modules) {
    table.rows.push_back({uint64_t{m.id}, m.path, m.build_id, Hex(m.low), Hex(m.high), Hex(m.bias),
                          f.trace.Seconds(m.loaded),
                          m.unloaded != UINT64_MAX ? Value(f.trace.Seconds(m.unloaded)) : Value()});
  }
  report->tables.push_back(std::move(table));
}

void AddThreads(const Facts& f, report::Report* report) {
  std::map<uint32_t, uint64_t> chunks;
  for (const trace::Chunk& c : f.trace.chunks) chunks[c.thread]++;
  report::Table table{.key = "threads", .title = "Threads"};
  table.columns = {{"id", "", Unit::kNone},
                   {"tid", "tid", Unit::kNone},
                   {"name", "name", Unit::kText},
                   {"start_s", "first event", Unit::kSeconds},
                   {"events", "events", Unit::kCount},
                   {"chunks", "chunks", Unit::kCount},
                   {"stack_limit_bytes", "stack limit", Unit::kBytes},
                   {"stack_depth_max", "stack depth", Unit::kBytes}};
  for (const trace::Thread& t : f.trace.threads) {
    table.rows.push_back({uint64_t{t.id}, uint64_t{t.tid}, t.name, f.trace.Seconds(t.start),
                          f.events.Of(t.id), chunks[t.id],
                          t.stack_limit != 0 ? Value(t.stack_limit) : Value(), t.depth_max});
    chunks.erase(t.id);
  }
  // Their record is lost; their chunks are not.
  for (const auto& [id, n] : chunks) {
    table.rows.push_back(
        {uint64_t{id}, Value(), Value(), Value(), f.events.Of(id), n, Value(), Value()});
  }
  report->tables.push_back(std::move(table));
}

}  // namespace

Result<report::Report> BuildTraceInfo(const std::string& trace_path) {
  const Result<Trace> loaded = trace::Load(trace_path);
  if (!loaded.ok()) return loaded.status();
  const Trace& trace = loaded.value();
  CountingSink events;
  const trace::ReplayResult replay = trace::Replay(trace, &events);
  const trace::Census document = trace::Count(trace.file.bytes());
  const trace::Census spool = trace::CountSpool(trace);
  const Facts facts{trace, replay, document, spool, events};
  report::Report report;
  report.schema = "allocprof.info/1";
  for (const auto add :
       {AddProcess, AddFile, AddIntegrity, AddBytes, AddOverhead, AddModules, AddThreads}) {
    add(facts, &report);
  }
  return report;
}

}  // namespace allocprof::analysis
