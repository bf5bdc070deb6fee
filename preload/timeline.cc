// SPDX-License-Identifier: Apache-2.0
#include "timeline.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "line.h"
#include "process.h"
#include "sys.h"
#include "thread.h"
#include "trace_file.h"

namespace allocprof {
namespace {

constexpr uint64_t kTickNanoseconds = 10'000'000;

// Resident bytes, 0 if /proc cannot be read (chroot, sandbox).
uint64_t ResidentBytes() {
  char text[128];
  const int fd = sys::Open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const long n = sys::Read(fd, text, sizeof(text) - 1);
  sys::Close(fd);
  if (n <= 0) return 0;
  text[n] = '\0';
  const char* c = strchr(text, ' ');
  uint64_t pages = 0;
  if (c != nullptr) {
    for (c++; *c >= '0' && *c <= '9'; c++) pages = pages * 10 + static_cast<uint64_t>(*c - '0');
  }
  return pages * 4096;
}

void SampleFields(Line* line, uint64_t stamp, uint64_t ns) {
  line->Field("t", stamp).Field("ns", ns);
  const uint64_t rss = ResidentBytes();
  if (rss != 0) line->Field("rss", rss);
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

  char buffer[256];
  Line line(buffer, sizeof(buffer));
  line.Raw("{").Field("k", "sample");
  SampleFields(&line, now, ns);
  line.Raw("},\n");
  WriteTrace(line.begin(), line.size());
}

void WriteThreadRecord(Thread* t, char* buffer, size_t room, bool final) {
  Line path(buffer, room);
  char name[16] = {};
  // Its name may have changed since it was last seen; another thread's is in /proc.
  path.Raw("/proc/self/task/").Number(t->tid).Raw("/comm");
  buffer[path.size()] = '\0';
  if (t == this_thread) {
    sys::ThreadName(name);
  } else if (const int fd = sys::Open(buffer, O_RDONLY | O_CLOEXEC); fd >= 0) {
    const long n = sys::Read(fd, name, sizeof(name) - 1);
    if (n > 0 && name[n - 1] == '\n') name[n - 1] = '\0';
    sys::Close(fd);
  }
  if (name[0] != '\0') memcpy(t->ring->name, name, sizeof(name));

  Line line(buffer, room);
  line.Raw("{").Field("k", "thread").Field("id", t->number).Field("tid", t->tid);
  line.Key("name").String(t->ring->name, strnlen(t->ring->name, sizeof(t->ring->name)));
  line.Key("stack").Raw("[").Number(t->bounds.low).Raw(",").Number(t->bounds.base).Raw("]");
  line.Field("limit", t->stack_limit).Field("depth_max", t->depth_max);
  line.Field("t", t->ring->start_stamp).Raw("},\n");
  if (final) {
    WriteTraceFinal(line.begin(), line.size());
  } else {
    WriteTrace(line.begin(), line.size());
  }
}

bool WriteEndRecord(wire::Ending ending, int status, uint64_t end_stamp, char* buffer,
                    size_t room) {
  static constexpr const char* kEndings[] = {"none", "exit", "_exit", "quick_exit", "exec"};
  const wire::SpoolHeader& s = *process->spool;
  Line line(buffer, room);
  line.Raw("{").Field("k", "end").Field("reason", kEndings[static_cast<int>(ending)]);
  line.Key("status").Signed(status & 0xff);
  SampleFields(&line, end_stamp, Nanoseconds(CLOCK_MONOTONIC));
  line.Key("totals").Raw("{").Field("events", s.events).Field("allocations", s.allocations);
  line.Field("frees", s.frees).Field("reallocations", s.reallocations);
  line.Field("allocated_bytes", s.allocated_bytes).Field("failed", s.failed);
  line.Field("definitions", s.definitions).Field("chunks", s.chunks);
  line.Field("threads", s.threads).Raw("}");
  line.Key("lost").Raw("{");
  for (uint32_t i = 0; i < static_cast<uint32_t>(wire::Lost::kCount); i++) {
    line.Field(wire::kLostNames[i], s.lost[i]);
  }
  line.Raw("}").Key("overhead").Raw("{").Field("drain", s.drain_cycles);
  line.Field("hooks", s.hook_cycles).Field("mapped_bytes", s.mapped_bytes).Raw("}");
  line.Key("unwind").Raw("{").Field("cut", s.stacks_cut).Field("verified", s.verified);
  line.Field("different", s.different).Raw("}}\n]}\n");
  return !line.full() && WriteTraceFinal(line.begin(), line.size());
}

}  // namespace allocprof
