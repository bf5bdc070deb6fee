// SPDX-License-Identifier: Apache-2.0
#include "thread_record.h"

#include <fcntl.h>
#include <string.h>

#include "line.h"
#include "mapping.h"
#include "process.h"
#include "sys.h"
#include "thread.h"
#include "trace_file.h"
#include "usage.h"

namespace allocprof {
namespace {

constexpr uintptr_t kPageMask = 4095;

// Its name may have changed since it was last seen; another thread's is in /proc.
void UpdateName(Thread* t, char* buffer, size_t room) {
  char name[16] = {};
  if (t == this_thread) {
    sys::ThreadName(name);
  } else {
    Line path(buffer, room - 1);
    path.Raw("/proc/self/task/").Number(t->tid).Raw("/comm");
    buffer[path.size()] = '\0';
    const int fd = sys::Open(buffer, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    const long n = sys::Read(fd, name, sizeof(name) - 1);
    if (n > 0 && name[n - 1] == '\n') name[n - 1] = '\0';
    sys::Close(fd);
  }
  if (name[0] != '\0') memcpy(t->ring->name, name, sizeof(name));
}

}  // namespace

void MeasureStack(Thread* t) {
  uintptr_t low = t->bounds.low & ~kPageMask;
  const uintptr_t base = t->bounds.base;
  // The main thread's mapping grows with its stack.
  Mapping mapping;
  if (t->tid == process->pid && FindMapping(base - 1, &mapping)) low = mapping.low;
  const uintptr_t high = (base + kPageMask) & ~kPageMask;
  const uintptr_t lowest = LowestResident(low, high);
  if (lowest < base && base - lowest > t->stack_high_water) t->stack_high_water = base - lowest;
}

void WriteThreadRecord(Thread* t, char* buffer, size_t room, bool final) {
  if (!t->named) UpdateName(t, buffer, room);
  Line line(buffer, room);
  line.Raw("{").Field("k", "thread").Field("id", t->number).Field("tid", t->tid);
  line.Key("name").String(t->ring->name, strnlen(t->ring->name, sizeof(t->ring->name)));
  line.Key("stack").Raw("[").Number(t->bounds.low).Raw(",").Number(t->bounds.base).Raw("]");
  line.Field("limit", t->stack_limit).Field("depth_max", t->depth_max);
  if (t->stack_high_water != 0) line.Field("high_water", t->stack_high_water);
  line.Field("t", t->ring->start_stamp).Raw("},\n");
  if (final) {
    WriteTraceFinal(line.begin(), line.size());
  } else {
    WriteTrace(line.begin(), line.size());
  }
}

}  // namespace allocprof
