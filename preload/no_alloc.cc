// SPDX-License-Identifier: Apache-2.0
#include "no_alloc.h"

#include <signal.h>
#include <sys/syscall.h>

#include "line.h"
#include "options.h"
#include "process.h"
#include "sys.h"

namespace allocprof {
namespace {

constexpr uint32_t kWarnings = 10;  // of a process; the report has them all
constexpr uint32_t kMaxDepth = 64;

// A thread in a hook or off stays so: the next time that it is ready it is ready for this.
void Settle(Thread* t) {
  if (t->ready == kOff || t->ready == kNotReady) return;
  t->ready = IsDenied(t) ? kDenied : kIdle;
}

}  // namespace

bool IsDenied(const Thread* t) {
  return t->denial_depth != 0 && t->denial_depth <= kMaxDepth && (t->denials & 1) != 0 &&
         !Is(options.VIOLATIONS, "count");
}

void EnterDenial(Thread* t, bool permit) {
  if (t->denial_depth++ < kMaxDepth) t->denials = t->denials << 1 | (permit ? 0 : 1);
  Settle(t);
}

void LeaveDenial(Thread* t) {
  if (t->denial_depth == 0) return;
  if (t->denial_depth-- <= kMaxDepth) t->denials >>= 1;
  Settle(t);
}

void TellViolation(Thread* t, uintptr_t caller) {
  static uint32_t told = 0;
  const bool warns = Is(options.VIOLATIONS, "warn");
  if (warns && __atomic_fetch_add(&told, 1u, __ATOMIC_RELAXED) >= kWarnings) return;
  char buffer[64];
  Line line(buffer, sizeof(buffer) - 1);
  line.Raw("thread ").Number(t->tid).Raw(", return address ").Number(caller);
  buffer[line.size()] = '\0';
  Say("a call of the malloc family in a region without allocations", buffer,
      warns ? "the report has its stack" : "stopping, as ALLOCPROF_VIOLATIONS says");
  if (warns) return;
  const int signal = Is(options.VIOLATIONS, "trap") ? SIGTRAP : SIGABRT;
  sys::Call(SYS_tgkill, sys::GetPid(), t->tid, signal);
}

}  // namespace allocprof
