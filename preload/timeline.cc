// SPDX-License-Identifier: Apache-2.0
#include "timeline.h"

#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "line.h"
#include "process.h"
#include "rule_table.h"
#include "thread.h"
#include "trace_file.h"
#include "usage.h"

namespace allocprof {
namespace {

constexpr uint64_t kTickNanoseconds = 10'000'000;

uint64_t MappedNow(const wire::MapTotals& m) {
  return m.mapped_bytes > m.unmapped_bytes ? m.mapped_bytes - m.unmapped_bytes : 0;
}

void SampleFields(Line* line, uint64_t stamp, uint64_t ns, const Usage& usage) {
  const wire::MapTotals& maps = process->spool->maps[static_cast<uint32_t>(wire::Mapper::kProgram)];
  line->Field("t", stamp).Field("ns", ns);
  if (usage.resident != 0) line->Field("rss", usage.resident).Field("file", usage.resident_file);
  line->Field("heap", usage.heap).Field("mapped", MappedNow(maps));
  line->Key("faults").Raw("[").Number(usage.minor_faults).Raw(",").Number(usage.major_faults);
  line->Raw("]");
}

void MapFields(Line* line, const wire::MapTotals& m) {
  line->Raw("{").Field("maps", m.maps).Field("unmaps", m.unmaps).Field("remaps", m.remaps);
  line->Field("mapped_bytes", m.mapped_bytes).Field("unmapped_bytes", m.unmapped_bytes);
  line->Field("peak_bytes", m.peak_bytes).Raw("}");
}

void SumFields(Line* line, uint64_t events, uint64_t allocations, uint64_t frees,
               uint64_t reallocations, uint64_t allocated_bytes, uint64_t failed) {
  line->Raw("{").Field("events", events).Field("allocations", allocations).Field("frees", frees);
  line->Field("reallocations", reallocations).Field("allocated_bytes", allocated_bytes);
  line->Field("failed", failed);
}

// What of our own memory is resident: private, and in the spool's file.
struct OwnResident {
  uint64_t anonymous = 0, file = 0;
};

OwnResident MeasureOwn() {
  constexpr auto pages = [](size_t n) { return (n + 4095) & ~size_t{4095}; };
  const auto at = [](const void* p) { return reinterpret_cast<uintptr_t>(p); };
  OwnResident own;
  uint64_t& spool = process->spool_on_disk ? own.file : own.anonymous;
  own.anonymous += ResidentIn(at(process), pages(sizeof(Process)));
  own.anonymous += ResidentIn(at(rule_sets), sizeof(RuleSet) << kRuleSetsLog2);
  spool += ResidentIn(at(process->spool), wire::kSpoolPage + wire::kModuleLogBytes);
  for (Thread* t = process->threads.load(std::memory_order_acquire); t != nullptr; t = t->next) {
    own.anonymous += ResidentIn(at(t), pages(sizeof(Thread)));
    if (t->ring != nullptr) {
      spool += ResidentIn(at(t->ring), wire::kSpoolPage + process->spool->ring_bytes);
    }
  }
  return own;
}

}  // namespace

uint64_t FirstTickAfter() { return stamp_is_tsc ? 25'000'000 : kTickNanoseconds; }

void Tick(Thread* t, uint64_t stamp) {
  uint64_t next = process->next_tick.load(std::memory_order_relaxed);
  if (stamp < next) {
    t->next_tick = next;
    return;
  }
  const uint64_t ns = Nanoseconds(CLOCK_MONOTONIC);
  const uint64_t elapsed = ns - process->first_ns;
  const uint64_t now = Stamp();
  const double rate =
      elapsed > 0 ? static_cast<double>(now - process->first_stamp) / static_cast<double>(elapsed)
                  : 2.5;
  const uint64_t after = now + static_cast<uint64_t>(rate * static_cast<double>(kTickNanoseconds));
  t->next_tick = after;
  if (!process->next_tick.compare_exchange_strong(next, after, std::memory_order_relaxed)) return;
  // Foreign stacks may be gone by now: look at them again when they are met again.
  memset(t->bounds.foreign, 0, sizeof(t->bounds.foreign));

  char buffer[512];
  Line line(buffer, sizeof(buffer));
  line.Raw("{").Field("k", "sample");
  SampleFields(&line, now, ns, UsageNow());
  line.Raw("},\n");
  WriteTrace(line.begin(), line.size());
}

bool WriteEndRecord(wire::Ending ending, int status, uint64_t end_stamp, char* buffer,
                    size_t room) {
  static constexpr const char* kEndings[] = {"none", "exit", "_exit", "quick_exit", "exec"};
  const wire::SpoolHeader& s = *process->spool;
  const wire::BlockSums& d = s.dropped;
  const Usage usage = UsageNow();
  const OwnResident own = MeasureOwn();
  Line line(buffer, room);
  line.Raw("{").Field("k", "end").Field("reason", kEndings[static_cast<int>(ending)]);
  line.Key("status").Signed(status & 0xff);
  SampleFields(&line, end_stamp, Nanoseconds(CLOCK_MONOTONIC), usage);
  line.Key("totals");
  SumFields(&line, s.events, s.allocations, s.frees, s.reallocations, s.allocated_bytes, s.failed);
  line.Field("definitions", s.definitions).Field("chunks", s.chunks);
  line.Field("threads", s.threads).Raw("}");
  line.Key("lost").Raw("{");
  for (uint32_t i = 0; i < static_cast<uint32_t>(wire::Lost::kCount); i++) {
    line.Field(wire::kLostNames[i], s.lost[i]);
  }
  line.Raw("}");
  if (s.full_stamp != 0) {
    line.Field("full", s.full_stamp).Key("dropped");
    SumFields(&line, d.events, d.allocations, d.frees, d.reallocations, d.allocated_bytes,
              d.failed);
    line.Raw("}");
  }
  line.Key("off").Raw("{").Field("allocations", s.passed_allocations);
  line.Field("allocated_bytes", s.passed_bytes).Raw("}");
  line.Key("cpu").Raw("[").Number(usage.user_ns).Raw(",").Number(usage.system_ns).Raw("]");
  line.Field("rss_peak", usage.peak_resident).Key("mapped_by").Raw("{").Key("program");
  MapFields(&line, s.maps[static_cast<uint32_t>(wire::Mapper::kProgram)]);
  line.Key("allocator");
  MapFields(&line, s.maps[static_cast<uint32_t>(wire::Mapper::kAllocator)]);
  line.Raw("}").Key("overhead").Raw("{").Field("drain", s.drain_cycles);
  line.Field("drain_ns", s.drain_ns);
  line.Field("hooks", s.hook_cycles).Field("mapped_bytes", s.mapped_bytes);
  line.Key("resident").Raw("[").Number(own.anonymous).Raw(",").Number(own.file).Raw("]}");
  line.Key("unwind").Raw("{").Field("cut", s.stacks_cut).Field("verified", s.verified);
  line.Field("different", s.different).Field("part", s.verified_part).Raw("}}\n]}\n");
  return !line.full() && WriteTraceFinal(line.begin(), line.size());
}

}  // namespace allocprof
